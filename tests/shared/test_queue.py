"""shared.queue: one message is one task, and is acknowledged only after the commit (R9, R10)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared import store, trace
from shared.errors import Unavailable
from shared.queue import Handler, cron_app, task_app
from shared.store import ConditionFailed, Transaction
from shared.tasks import PARKED, TaskRow, Ticket
from tests.shared.conftest import TASK, Lines, TasksWorld
from tests.support.crash import fault_at
from tests.support.faults import Fault

Work = Callable[[Ticket], None]
ACKNOWLEDGED: dict[str, list[dict[str, str]]] = {"batchItemFailures": []}
REPEATED = {"batchItemFailures": [{"itemIdentifier": "m-1"}]}


def done(ticket: Ticket) -> None:
    transaction = Transaction()
    ticket.done(transaction)
    store.commit(transaction)


def record(body: object, message_id: str = "m-1", **attributes: Any) -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    return {"messageId": message_id, "body": text, "messageAttributes": attributes}


def wake(task_id: str = TASK, **attributes: Any) -> dict[str, Any]:
    return {"Records": [record({"task_id": task_id}, **attributes)]}


def app_of(world: TasksWorld, work: Work, **options: Any) -> Handler:
    return task_app("shared_poll", world.tasks, work, **options)


def failing(problem: Exception) -> Work:
    def work(_: Ticket) -> None:
        raise problem

    return work


def messages(log_lines: Lines) -> list[str]:
    return [line["message"] for line in log_lines()]


def test_worker_gets_the_task_of_the_message(world: TasksWorld) -> None:
    world.arm(order_id="order-1")
    seen: list[dict[str, Any]] = []

    def work(ticket: Ticket) -> None:
        seen.append(ticket.payload)
        done(ticket)

    assert app_of(world, work)(wake(), None) == ACKNOWLEDGED
    assert seen == [{"order_id": "order-1"}]
    assert TaskRow.find(TASK) is None


def test_repeated_message_finds_nothing_to_do(world: TasksWorld) -> None:
    world.arm()
    app = app_of(world, done)

    assert [app(wake(), None), app(wake(), None)] == [ACKNOWLEDGED, ACKNOWLEDGED]


def test_failed_work_backs_off_and_is_acknowledged(world: TasksWorld, log_lines: Lines) -> None:
    world.arm()

    answer = app_of(world, failing(ValueError("card 4111")))(wake(), None)

    row = world.row()
    assert answer == ACKNOWLEDGED
    assert 1000 <= row.due_at - world.clock.milliseconds() <= 2000
    assert row.attempts == 1
    [line] = log_lines()
    assert (line["message"], line["task_id"], line["attempt"]) == ("task_failed", TASK, 1)
    assert "4111" not in str(line)


def test_failed_work_is_woken_again_by_its_own_message(world: TasksWorld) -> None:
    world.arm()
    world.aws.lose_messages()

    app_of(world, failing(ValueError()))(wake(), None)
    world.clock.advance(2)

    assert world.woken() == [TASK]


def test_lost_token_is_silence(
    world: TasksWorld, log_lines: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    world.arm(version=1)

    def work(ticket: Ticket) -> None:
        world.arm(version=2)
        done(ticket)

    assert app_of(world, work)(wake(), None) == ACKNOWLEDGED
    assert [(line["message"], line["level"]) for line in log_lines()] == [("task_lost", "INFO")]
    assert "Errors5xx" not in capsys.readouterr().out
    assert world.take().payload == {"version": 2}


def test_failure_after_the_token_was_lost_leaves_the_new_task_alone(
    world: TasksWorld, log_lines: Lines
) -> None:
    world.arm(version=1)

    def work(_: Ticket) -> None:
        world.arm(version=2)
        raise ValueError

    assert app_of(world, work)(wake(), None) == ACKNOWLEDGED
    assert messages(log_lines) == ["task_failed", "task_lost"]
    assert world.row().due_at == world.clock.milliseconds()


def test_failed_condition_of_another_row_is_a_failure(world: TasksWorld, log_lines: Lines) -> None:
    world.arm()

    answer = app_of(world, failing(ConditionFailed(frozenset({"order"}))))(wake(), None)

    assert answer == ACKNOWLEDGED
    assert messages(log_lines) == ["task_failed"]


def test_unended_ticket_is_a_failure(world: TasksWorld, log_lines: Lines) -> None:
    world.arm()

    app_of(world, lambda ticket: None)(wake(), None)

    assert [(line["message"], line["error"]) for line in log_lines()] == [
        ("task_failed", "RuntimeError")
    ]
    assert world.row().attempts == 1


def test_storage_down_before_the_work_repeats_the_message(world: TasksWorld) -> None:
    world.arm()

    with fault_at(1, Fault.LOST_ANSWER_FINAL):
        answer = app_of(world, done)(wake(), None)

    assert answer == REPEATED


def test_storage_down_after_the_work_repeats_the_message(world: TasksWorld) -> None:
    world.arm()

    with fault_at(2, Fault.LOST_ANSWER_FINAL) as injector:
        answer = app_of(world, failing(Unavailable("bank")))(wake(), None)

    assert injector.calls[1].operation == "TransactWriteItems"
    assert answer == REPEATED


def test_lost_answer_of_the_last_commit_ends_the_task_all_the_same(world: TasksWorld) -> None:
    world.arm()

    with fault_at(2, Fault.LOST_ANSWER_FINAL):
        answer = app_of(world, done)(wake(), None)

    assert answer == ACKNOWLEDGED
    assert TaskRow.find(TASK) is None


def test_task_above_its_attempts_is_parked_without_work(world: TasksWorld) -> None:
    world.arm()
    app = app_of(world, failing(ValueError()), attempts_max=2)

    for _ in range(3):
        app(wake(), None)
        world.clock.advance(1000)

    assert world.row().shard == PARKED


def test_message_without_a_task_id_goes_to_the_intake(world: TasksWorld) -> None:
    facts: list[dict[str, Any]] = []
    app = app_of(world, done, intake=facts.append)

    answer = app({"Records": [record({"event_id": "e-1"})]}, None)

    assert (answer, facts) == (ACKNOWLEDGED, [{"event_id": "e-1"}])


def test_fact_that_the_intake_could_not_keep_comes_again(world: TasksWorld) -> None:
    def intake(_: dict[str, Any]) -> None:
        raise Unavailable("storage_unavailable")

    app = app_of(world, done, intake=intake)

    assert app({"Records": [record({"event_id": "e-1"})]}, None) == REPEATED


@pytest.mark.parametrize("body", [{"event_id": "e-1"}, "no json", "[]", "7", "null"])
def test_message_nobody_understands_is_reported(
    world: TasksWorld, log_lines: Lines, body: object
) -> None:
    answer = app_of(world, done)({"Records": [record(body)]}, None)

    assert answer == REPEATED
    assert messages(log_lines) == ["message_failed"]


def test_one_bad_message_does_not_spoil_its_batch(world: TasksWorld) -> None:
    world.arm()
    batch = [record("no json", "m-1"), record({"task_id": TASK}, "m-2")]

    answer = app_of(world, done)({"Records": batch}, None)

    assert answer == REPEATED
    assert TaskRow.find(TASK) is None


def test_work_goes_on_under_the_request_that_armed_it_whatever_woke_it(world: TasksWorld) -> None:
    """AR-18: a message of the sweeper knows no request."""
    world.arm()
    seen: list[str] = []

    def work(ticket: Ticket) -> None:
        seen.append(trace.request_id())
        done(ticket)

    trace.begin("request-of-another", None)
    app_of(world, work)(wake(), None)

    assert seen == ["request-of-test"]


def test_request_id_of_a_message_from_outside_is_adopted(world: TasksWorld) -> None:
    attribute = {"stringValue": "request-of-sender", "dataType": "String"}
    seen: list[str] = []

    def take_in(_body: dict[str, Any]) -> None:
        seen.append(trace.request_id())

    message = record({"event_id": "e-1"}, request_id=attribute)
    app_of(world, done, intake=take_in)({"Records": [message]}, None)

    assert seen == ["request-of-sender"]


def test_message_without_a_request_id_gets_one_of_its_own(world: TasksWorld) -> None:
    app_of(world, done)(wake(), None)

    assert len(trace.request_id()) == 36


def test_handled_task_is_counted_under_its_queue(
    world: TasksWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.arm()
    capsys.readouterr()

    app_of(world, failing(ValueError()))(wake(), None)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [metric] = [line for line in lines if "Errors5xx" in line]
    assert (metric["Operation"], metric["Requests"], metric["Errors5xx"]) == (
        "shared_poll",
        [1],
        [1],
    )


def test_failed_cron_is_an_error_of_its_function(log_lines: Lines) -> None:
    def work() -> None:
        raise ValueError("card 4111")

    with pytest.raises(ValueError):
        cron_app("sweep", work)({}, None)

    assert [line["message"] for line in log_lines()] == ["cron_failed"]
