"""The Lambda of one queue: take the task, do the work, acknowledge after the commit (R9, R10)."""

import json
import time
from collections.abc import Callable
from typing import Any

from shared import logs, metrics, trace
from shared.store import ConditionFailed
from shared.tasks import Tasks, Ticket

Handler = Callable[[dict[str, Any], Any], Any]
Intake = Callable[[dict[str, Any]], None]


def task_app(
    name: str,
    tasks: Tasks,
    work: Callable[[Ticket], None],
    *,
    intake: Intake | None = None,
    attempts_max: int | None = 20,
) -> Handler:
    """Serves queue `name`. `work` ends its ticket; `intake` takes a fact from outside.

    attempts_max None means until done: never parked (AR-10).
    """

    def handle(record: dict[str, Any]) -> None:
        body = json.loads(record["body"])
        if "task_id" in body:
            ticket = tasks.take(body["task_id"], attempts_max)
            if ticket is not None:
                _run(name, tasks, work, ticket)
        elif intake is not None:
            intake(body)
        else:
            raise ValueError("a message without a task id")

    def app(event: dict[str, Any], context: Any) -> dict[str, Any]:
        failures = []
        for record in event["Records"]:
            trace.begin(_request_id(record), context)
            try:
                handle(record)
            except Exception as problem:
                logs.error("message_failed", problem, queue=name)
                failures.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failures}

    return app


def _run(name: str, tasks: Tasks, work: Callable[[Ticket], None], ticket: Ticket) -> None:
    started, failed = time.monotonic(), False
    try:
        work(ticket)
        if not ticket.ended:
            raise RuntimeError("the work left its task open")
    except Exception as problem:
        if _lost(problem, ticket):
            logs.info("task_lost", task_id=ticket.task_id)
            return
        failed = True
        logs.error("task_failed", problem, task_id=ticket.task_id, attempt=ticket.attempts)
        _give_back(tasks, ticket)
    latency_ms = int((time.monotonic() - started) * 1000)
    metrics.request(name, 500 if failed else 200, latency_ms)
    metrics.task(name, ticket.attempts, failed)


def _give_back(tasks: Tasks, ticket: Ticket) -> None:
    try:
        tasks.failed(ticket)
    except ConditionFailed:
        logs.info("task_lost", task_id=ticket.task_id)


def _lost(problem: Exception, ticket: Ticket) -> bool:
    return isinstance(problem, ConditionFailed) and ticket.task_id in problem.labels


def _request_id(record: dict[str, Any]) -> str | None:
    attribute = (record.get("messageAttributes") or {}).get("request_id") or {}
    value = attribute.get("stringValue")
    return value if isinstance(value, str) else None


def cron_app(name: str, work: Callable[[], object]) -> Handler:
    """The Lambda of one schedule."""
    return _timed(name, "cron_failed", lambda _event: _nothing(work()))


def topic_app(name: str, work: Callable[[dict[str, Any]], None]) -> Handler:
    """The Lambda of one SNS topic: what it raises makes Lambda bring the event again."""
    return _timed(name, "topic_failed", work)


def ops_app(name: str, work: Callable[[dict[str, Any]], dict[str, Any]]) -> Handler:
    """A Lambda that an operator invokes by hand with an event; its answer is the report."""
    return _timed(name, "ops_failed", work)


def _nothing(_answer: object) -> None:
    """A schedule has nobody to answer."""


def _timed(name: str, failure: str, work: Callable[[dict[str, Any]], object]) -> Handler:
    def app(event: dict[str, Any], context: Any) -> object:
        trace.begin(None, context)
        started = time.monotonic()
        try:
            answer = work(event)
        except Exception as problem:
            logs.error(failure, problem, function=name)
            metrics.request(name, 500, int((time.monotonic() - started) * 1000))
            raise
        metrics.request(name, 200, int((time.monotonic() - started) * 1000))
        return answer

    return app
