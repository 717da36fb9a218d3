"""shared.tasks: waking the worker after a commit, and the sweeper that wakes what was missed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared import metrics, tasks, trace
from tests.shared.conftest import TASK, Lines, TasksWorld
from tests.support.calls import serving
from tests.support.crash import fault_at
from tests.support.faults import Fault


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


def test_rows_of_a_dead_queue_do_not_hide_those_of_another(
    world: TasksWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_QUEUE_ROOM", 2)
    monkeypatch.setattr(tasks, "SHARDS", 1)
    for number in range(5):
        world.arm_in_shard("0", f"no_such_queue#{number}", in_s=-90)
    world.arm_in_shard("0", "shared_poll#late", in_s=-20)
    world.aws.lose_messages()

    assert (world.tasks.sweep(), world.woken()) == (1, ["shared_poll#late"])


def test_sweep_without_time_sends_what_it_has_read(
    world: TasksWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_QUEUE_ROOM", 2)
    monkeypatch.setattr(tasks, "SHARDS", 1)
    left_s = iter((20.0, 20.0, 9.0))
    monkeypatch.setattr(trace, "remaining_s", lambda: next(left_s))
    for number in range(2):
        world.arm_in_shard("0", f"shared_poll#{number}", in_s=-90)
    world.arm_in_shard("0", "shared_poll#late", in_s=-20)
    world.aws.lose_messages()

    assert world.tasks.sweep() == 2
