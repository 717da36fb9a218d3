"""shared.tasks on a fake AWS: a row commits the work, a message wakes the worker (DESIGN 4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shared import metrics, store, tasks, trace
from shared.errors import Unavailable
from shared.store import ConditionFailed, Transaction
from shared.tasks import PARKED, TaskRow, Ticket
from tests.shared.conftest import TASK, Lines, TasksWorld
from tests.support.calls import serving
from tests.support.crash import fault_at
from tests.support.faults import Fault


def end(ticket: Ticket) -> None:
    transaction = Transaction()
    ticket.done(transaction)
    store.commit(transaction)


def again(world: TasksWorld, ticket: Ticket, in_s: float, payload: Any = None) -> None:
    transaction = Transaction()
    ticket.again(transaction, world.at(in_s), payload)
    store.commit(transaction)


def test_armed_task_wakes_its_queue_with_its_id_and_request_id(world: TasksWorld) -> None:
    world.arm(order_id="order-1")

    [message] = world.received()
    assert message["Body"] == f'{{"task_id": "{TASK}"}}'
    assert message["MessageAttributes"]["request_id"]["StringValue"] == "request-of-test"


def test_taken_task_carries_its_payload(world: TasksWorld) -> None:
    world.arm(order_id="заказ-1", polls=3)

    ticket = world.take()

    assert (ticket.payload, ticket.attempts) == ({"order_id": "заказ-1", "polls": 3}, 1)


def test_task_is_not_taken_before_its_time(world: TasksWorld) -> None:
    world.arm(in_s=10)

    world.clock.advance(8.999)
    early = world.tasks.take(TASK, None)
    world.clock.advance(0.001)

    assert early is None
    assert world.take().attempts == 1


def test_taken_task_is_nobody_elses(world: TasksWorld) -> None:
    world.arm()
    world.take()

    assert world.tasks.take(TASK, None) is None


def test_unknown_task_is_not_taken(world: TasksWorld) -> None:
    assert world.tasks.take(TASK, None) is None


def test_lease_ends_ten_seconds_after_the_invocation(
    world: TasksWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "remaining_s", lambda: 30.0)
    world.arm()
    world.take()

    world.clock.advance(38.9)
    assert world.tasks.take(TASK, None) is None
    world.clock.advance(0.1)
    assert world.take().attempts == 2


def test_lost_answer_of_take_is_recognised_as_mine(world: TasksWorld) -> None:
    world.arm(order_id="order-1")

    with fault_at(1, Fault.LOST_ANSWER) as injector:
        ticket = world.take()

    assert "UpdateItem again" in [call.operation for call in injector.calls]
    assert (ticket.payload, ticket.attempts) == ({"order_id": "order-1"}, 1)
    end(ticket)
    assert TaskRow.find(TASK) is None


def test_take_of_unknown_outcome_is_unavailable(world: TasksWorld) -> None:
    world.arm()

    with pytest.raises(Unavailable), fault_at(1, Fault.LOST_ANSWER_FINAL):
        world.take()


def test_done_task_is_gone(world: TasksWorld) -> None:
    world.arm()
    ticket = world.take()

    end(ticket)

    assert ticket.ended
    assert TaskRow.find(TASK) is None


def test_task_is_done_only_together_with_its_effect(world: TasksWorld) -> None:
    world.arm()
    world.arm("shared_poll#other")
    ticket, effect = world.take(), Transaction()
    ticket.done(effect)
    effect.put(world.row("shared_poll#other"), "effect")

    with pytest.raises(ConditionFailed, match="effect"):
        store.commit(effect)

    assert world.row().token == ticket.token


def test_again_keeps_the_payload_and_starts_the_attempts_over(world: TasksWorld) -> None:
    world.arm(order_id="order-1")

    again(world, world.take(), in_s=5)
    world.clock.advance(5)
    ticket = world.take()

    assert (ticket.payload, ticket.attempts) == ({"order_id": "order-1"}, 1)


def test_again_may_change_the_payload(world: TasksWorld) -> None:
    world.arm(polls=1)

    again(world, world.take(), in_s=0, payload={"polls": 2})

    assert world.take().payload == {"polls": 2}


def test_worker_whose_task_was_armed_anew_cannot_end_it(world: TasksWorld) -> None:
    world.arm(version=1)
    ticket = world.take()
    world.arm(version=2)

    for ending in (end, world.tasks.failed, world.tasks.park, lambda t: again(world, t, 60)):
        with pytest.raises(ConditionFailed) as lost:
            ending(ticket)
        assert lost.value.labels == {TASK}

    assert world.take().payload == {"version": 2}


def test_worker_whose_lease_ran_out_cannot_end_the_task(world: TasksWorld) -> None:
    world.arm()
    zombie = world.take()
    world.clock.advance(1000)
    heir = world.take()

    with pytest.raises(ConditionFailed):
        end(zombie)

    end(heir)


def test_one_transaction_ends_one_task_and_arms_another(world: TasksWorld) -> None:
    world.arm()
    other, transaction = "shared_poll#order-1#next", Transaction()

    world.take().done(transaction)
    world.tasks.arm(transaction, other, {}, world.clock.now())
    store.commit(transaction)

    assert TaskRow.find(TASK) is None
    assert world.take(other).task_id == other


def test_one_transaction_cannot_end_and_arm_the_same_task(world: TasksWorld) -> None:
    world.arm()
    ticket, transaction = world.take(), Transaction()
    ticket.done(transaction)
    world.tasks.arm(transaction, TASK, {}, world.clock.now())

    with pytest.raises(Unavailable):
        store.commit(transaction)

    assert world.row().token == ticket.token


def test_failed_task_comes_back_later_with_its_count(world: TasksWorld) -> None:
    world.arm()
    ticket = world.take()
    ticket.attempts = 3

    world.tasks.failed(ticket)

    assert world.tasks.take(TASK, None) is None
    world.clock.advance(8)
    assert world.take().attempts == 4


@pytest.mark.parametrize(("attempts", "longest_s"), [(1, 2), (3, 8), (9, 300), (5000, 300)])
def test_back_off_doubles_up_to_its_bound_with_jitter(
    world: TasksWorld, attempts: int, longest_s: int
) -> None:
    world.arm()
    ticket = world.take()
    ticket.attempts = attempts

    world.tasks.failed(ticket)

    pause_s = (world.row().due_at - world.clock.milliseconds()) / 1000
    assert longest_s / 2 <= pause_s <= longest_s
    assert world.row().attempts == attempts


def test_task_above_the_limit_of_attempts_is_parked(world: TasksWorld, log_lines: Lines) -> None:
    world.arm()
    for _ in range(2):
        assert world.take(attempts_max=2)
        world.clock.advance(1000)

    assert world.tasks.take(TASK, 2) is None

    assert world.row().shard == PARKED
    world.clock.advance(1000)
    assert world.tasks.take(TASK, None) is None
    assert [line["task_id"] for line in log_lines() if line["message"] == "task_parked"] == [TASK]


def test_until_done_task_is_never_parked(world: TasksWorld) -> None:
    world.arm()

    for attempt in range(1, 31):
        assert world.take(attempts_max=None).attempts == attempt
        world.clock.advance(1000)


def test_arming_a_parked_task_revives_it(world: TasksWorld) -> None:
    world.arm()
    world.tasks.park(world.take())

    world.arm(version=2)

    ticket = world.take()
    assert (ticket.attempts, ticket.payload) == (1, {"version": 2})
    assert world.row().shard != PARKED


def test_payload_of_8_kib_is_taken_and_one_byte_more_refused(world: TasksWorld) -> None:
    frame = len('{"text":""}')
    world.arm(text="x" * (8192 - frame))

    with pytest.raises(ValueError, match="ids"):
        world.arm(text="ж" * ((8192 - frame) // 2) + "xx")

    assert len(world.take().payload["text"]) == 8192 - frame


@pytest.mark.parametrize("in_s", [0.2, 1, 59.5, 900])
def test_wake_up_within_15_minutes_is_delayed_until_the_task_is_due(
    world: TasksWorld, in_s: float
) -> None:
    world.arm(in_s=in_s)

    world.clock.advance(max(0, in_s - 1))
    early = world.woken()
    world.clock.advance(2)

    assert (early, world.woken()) == ([], [TASK])


def test_wake_up_of_a_later_task_is_left_to_the_sweeper(world: TasksWorld) -> None:
    world.arm(in_s=901)

    world.clock.advance(915)
    assert (world.tasks.sweep(), world.woken()) == (0, [])
    world.clock.advance(1)
    assert (world.tasks.sweep(), world.woken()) == (1, [TASK])


def test_task_due_in_the_past_is_woken_at_once(world: TasksWorld) -> None:
    world.arm(in_s=-3600)

    assert world.woken() == [TASK]


def test_failed_wake_up_after_the_commit_is_no_error(world: TasksWorld, log_lines: Lines) -> None:
    with fault_at(2, Fault.LOST_ANSWER_FINAL) as injector:
        world.arm()

    assert injector.calls[1].operation == "SendMessage"
    assert [line["message"] for line in log_lines()] == ["task_wake_failed"]
    assert world.take()


def test_failed_commit_wakes_nobody(world: TasksWorld) -> None:
    world.arm()
    world.received()
    ticket = world.take()
    world.arm()
    world.received()

    with pytest.raises(ConditionFailed):
        again(world, ticket, in_s=0)

    assert world.woken() == []


def test_sweep_wakes_only_what_is_overdue_by_15_seconds(world: TasksWorld) -> None:
    world.arm("shared_poll#old", in_s=-15)
    world.arm("shared_poll#young", in_s=-14.999)
    world.aws.lose_messages()

    sent = world.tasks.sweep()

    assert (sent, world.woken()) == (1, ["shared_poll#old"])


def test_sweep_takes_the_oldest_first(world: TasksWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_QUEUE_ROOM", 3)
    ages = {"a": 40, "b": 90, "c": 20, "d": 70, "e": 30}
    for name, age_s in ages.items():
        world.arm(f"shared_poll#{name}", in_s=-age_s)
    world.aws.lose_messages()

    world.tasks.sweep()

    assert world.woken() == ["shared_poll#b", "shared_poll#d", "shared_poll#a"]


@contextmanager
def queue_depth(count: int) -> Iterator[None]:
    attributes = {"ApproximateNumberOfMessages": str(count)}
    with serving("sqs", "GetQueueAttributes", lambda _: {"Attributes": attributes}):
        yield


@pytest.mark.parametrize(("waiting", "sent"), [(988, 12), (989, 11), (1000, 0), (1001, 0)])
def test_sweep_tops_a_queue_up_to_1000_messages_and_never_more(
    world: TasksWorld, waiting: int, sent: int
) -> None:
    for number in range(12):
        world.arm(f"shared_poll#{number}", in_s=-20)
    world.aws.lose_messages()

    with queue_depth(waiting):
        assert world.tasks.sweep() == sent

    assert len(world.woken() + world.woken()) == sent


def test_sweep_skips_what_is_parked(world: TasksWorld) -> None:
    world.arm()
    world.tasks.park(world.take())
    world.aws.lose_messages()
    world.clock.advance(5000)

    assert (world.tasks.sweep(), world.woken()) == (0, [])


def test_sweep_wakes_the_task_of_a_dead_worker(world: TasksWorld) -> None:
    world.arm()
    world.take()
    world.aws.lose_messages()

    world.clock.advance(1000)
    world.tasks.sweep()

    assert world.woken() == [TASK]
    assert world.take().attempts == 2


def test_sweep_reports_the_age_of_the_oldest_and_what_is_parked(
    world: TasksWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, int] = {}
    monkeypatch.setattr(metrics, "gauge", lambda name, value, *_: seen.update({name: value}))
    world.arm(in_s=-2 * 86_400 - 7)
    world.arm("shared_poll#parked")
    world.tasks.park(world.take("shared_poll#parked"))

    world.tasks.sweep()

    assert seen == {"OldestTaskAgeSec": 2 * 86_400 + 7, "ParkedTasks": 1}


def test_sweep_of_one_queue_does_not_depend_on_another(world: TasksWorld) -> None:
    for number in range(8):
        world.arm(f"no_such_queue#{number}", in_s=-30)
        world.arm(f"shared_poll#{number}", in_s=-20)
    world.aws.lose_messages()

    assert world.tasks.sweep() == 8
    assert len(world.woken()) == 8
