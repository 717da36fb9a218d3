"""shared.parked: what an operator sees of parked tasks, and arms again (DESIGN 4)."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from shared import parked
from shared.clock import to_ms
from shared.parked import parked_of, requeue_app
from shared.tasks import TaskRow
from tests.shared.conftest import TasksWorld

POLLS = ["shared_poll#1", "shared_poll#3"]


@pytest.fixture
def waiting(world: TasksWorld) -> TasksWorld:
    """Three parked tasks of two queues, and one that is not parked."""
    for task_id in (POLLS[0], "shared_push#2", POLLS[1]):
        world.arm(task_id, order="o-1")
        world.tasks.park(world.take(task_id))
    world.arm("shared_poll#4")
    world.aws.lose_messages()
    return world


def run(world: TasksWorld, **event: Any) -> dict[str, Any]:
    answer: dict[str, Any] = requeue_app("shop-requeue_parked", world.tasks)(event, None)
    return answer


def ids(report: dict[str, Any]) -> list[str]:
    return [row["task_id"] for row in report["parked"]]


def test_parked_tasks_are_listed_by_queue(waiting: TasksWorld) -> None:
    assert sorted(parked_of("shared_poll")) == POLLS


def test_operator_sees_what_waits_and_changes_nothing(waiting: TasksWorld) -> None:
    report = run(waiting)

    assert sorted(ids(report)) == [*POLLS, "shared_push#2"]
    assert report["parked"][0]["payload"] == {"order": "o-1"}
    assert report["parked"][0]["request_id"] == "request-of-test"
    assert (report["requeued"], report["more"]) == ([], False)
    assert sorted(parked_of("shared_poll")) == POLLS


@pytest.mark.parametrize("wish", [{"queue": "shared_poll"}, {"task_ids": POLLS}])
def test_requeued_task_is_due_now_with_all_its_attempts(
    waiting: TasksWorld, wish: dict[str, Any]
) -> None:
    report = run(waiting, dry_run=False, **wish)

    assert sorted(report["requeued"]) == POLLS
    row = waiting.row(POLLS[0])
    assert (row.shard != "parked", row.attempts, row.due_at) == (
        True,
        0,
        to_ms(waiting.clock.now()),
    )
    assert json.loads(row.payload) == {"order": "o-1", "requeued_at": row.due_at}
    assert sorted(waiting.woken()) == POLLS
    assert parked_of("shared_push") == ["shared_push#2"]


def test_task_armed_by_its_object_meanwhile_is_left_alone(
    waiting: TasksWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the operator's list and his hand the order itself called for the work."""
    row = waiting.row(POLLS[0])
    waiting.arm(POLLS[0], in_s=60, order="o-2")
    monkeypatch.setattr(TaskRow, "find_all", lambda _keys: [row])

    assert run(waiting, dry_run=False, task_ids=POLLS[:1])["requeued"] == []
    assert json.loads(waiting.row(POLLS[0]).payload) == {"order": "o-2"}


def test_more_than_the_bound_is_said(waiting: TasksWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parked, "_SHOWN_MAX", 2)

    assert (len(ids(run(waiting))), run(waiting)["more"]) == (2, True)


def test_unclear_wish_is_refused(waiting: TasksWorld) -> None:
    with pytest.raises(ValidationError):
        run(waiting, dry_run="no")
