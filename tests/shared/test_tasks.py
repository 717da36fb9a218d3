"""shared.tasks on a fake AWS: a row commits the work, a message wakes the worker (DESIGN 4)."""

from typing import Any

import pytest

from shared import store, trace
from shared.errors import Unavailable
from shared.store import ConditionFailed, Transaction
from shared.tasks import PARKED, TaskRow, Ticket
from tests.shared.conftest import TASK, Lines, TasksWorld
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


def test_disarmed_task_is_gone_and_its_worker_loses(world: TasksWorld) -> None:
    world.arm()
    ticket, gone = world.take(), Transaction()

    world.tasks.disarm(gone, TASK)
    store.commit(gone)

    assert TaskRow.find(TASK) is None
    with pytest.raises(ConditionFailed, match=TASK):
        end(ticket)


def test_task_that_was_never_armed_may_be_disarmed(world: TasksWorld) -> None:
    transaction = Transaction()
    world.tasks.disarm(transaction, TASK)

    store.commit(transaction)

    assert TaskRow.find(TASK) is None


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


def test_news_from_outside_leaves_a_task_the_request_it_belongs_to(world: TasksWorld) -> None:
    """A callback has no request id of ours; one that is made up must not replace the known one."""
    world.arm()
    trace.begin(None, None)
    world.arm()
    assert world.row().request_id == "request-of-test"

    trace.begin("another-request", None)
    world.arm()
    assert world.row().request_id == "another-request"


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


def test_failed_commit_wakes_nobody(world: TasksWorld) -> None:
    world.arm()
    world.received()
    ticket = world.take()
    world.arm()
    world.received()

    with pytest.raises(ConditionFailed):
        again(world, ticket, in_s=0)

    assert world.woken() == []
