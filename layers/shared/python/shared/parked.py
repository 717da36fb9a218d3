"""Parked tasks: what failed too often, and waits for an operator to arm it again (DESIGN 4)."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, Final

from pydantic import Field

from shared import logs
from shared.clock import from_ms, to_iso, to_ms
from shared.queue import Handler, ops_app
from shared.store import ConditionFailed, Transaction, commit
from shared.tasks import PARKED, TaskRow, Tasks, name_of
from shared.wire import Wire

_SHOWN_MAX: Final = 100


class RequeueParked(Wire):
    """Those of one queue, or those named; all when neither is given. Nothing is changed unless
    `dry_run` is false.
    """

    queue: str = ""
    task_ids: Annotated[tuple[str, ...], Field(strict=False, max_length=_SHOWN_MAX)] = ()
    dry_run: bool = True

    def wants(self, task_id: str) -> bool:
        return self.queue in ("", name_of(task_id)) and task_id in (self.task_ids or (task_id,))


def requeue_app(name: str, tasks: Tasks) -> Handler:
    """The Lambda `<service>/ops/requeue_parked.py`."""
    return ops_app(name, lambda event: requeue(tasks, RequeueParked.model_validate(event)))


def requeue(tasks: Tasks, wish: RequeueParked) -> dict[str, Any]:
    """{dry_run, parked: [{task_id, attempts, parked_at, request_id, payload}], requeued, more}.

    At most 100 at a time; `more` says that others are left. A task that was armed meanwhile by
    what it belongs to is left alone.
    """
    wanted = [task_id for task_id in _parked() if wish.wants(task_id)]
    rows = TaskRow.find_all([(task_id,) for task_id in wanted[:_SHOWN_MAX]])
    parked = sorted((row for row in rows if row.shard == PARKED), key=lambda row: row.due_at)
    return {
        "dry_run": wish.dry_run,
        "parked": [_shown(row) for row in parked],
        "requeued": [] if wish.dry_run else [row.task_id for row in parked if _armed(tasks, row)],
        "more": len(wanted) > _SHOWN_MAX,
    }


def parked_of(queue: str) -> list[str]:
    """Ids of the parked tasks of a queue, those that wait longest first."""
    return [task_id for task_id in _parked() if name_of(task_id) == queue]


def _parked() -> Iterator[str]:
    rows = TaskRow.due.query(PARKED)
    return (row.task_id for row in islice(rows, 50 * _SHOWN_MAX))


def _armed(tasks: Tasks, row: TaskRow) -> bool:
    """Due now, with all its attempts. `requeued_at` lets a task that gives up by age begin anew."""
    now = tasks.clock.now()
    payload = {**json.loads(row.payload), "requeued_at": to_ms(now)}
    transaction = Transaction()
    still = (TaskRow.shard == PARKED) & (TaskRow.token == row.token)
    tasks.set_row(transaction, row.task_id, now, attempts=0, payload=payload, condition=still)
    try:
        commit(transaction)
    except ConditionFailed:
        return False
    logs.info("task_requeued", task_id=row.task_id)
    return True


def _shown(row: TaskRow) -> dict[str, Any]:
    return {
        "task_id": row.task_id,
        "attempts": row.attempts,
        "parked_at": to_iso(from_ms(row.due_at)),
        "request_id": row.request_id or "",
        "payload": json.loads(row.payload),
    }
