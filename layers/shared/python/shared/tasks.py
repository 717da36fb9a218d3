"""Durable tasks: a row commits the work, an SQS message only wakes the worker (DESIGN 4).

A row's `due_at` is the next moment anyone may take it; a lease is `due_at` moved ahead. Its `token`
is random at every arm and every take, so the ending of a worker that lost its lease, or whose task
was armed anew meanwhile, fails. A counter would not do: a row deleted and armed again starts over.
Task ids read `<queue name>#<object>[#<operation>]`.
"""

import json
import random
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, ClassVar, Final
from zlib import crc32

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from shared import aws, logs, metrics, store, trace
from shared.clock import Clock, from_ms, to_ms
from shared.ids import new_token
from shared.store import Row, Transaction, WholeNumber

Payload = Mapping[str, str | int]

SHARDS: Final = 8
PARKED: Final = "parked"
_PAYLOAD_MAX: Final = 8 * 1024
_LEASE_RESERVE_S: Final = 10
_LONGEST_DELAY_S: Final = 900
_OVERDUE_S: Final = 15
_QUEUE_ROOM: Final = 1000
_BACKOFF_BASE_S: Final = 2


class _Due(GlobalSecondaryIndex["TaskRow"]):
    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    shard = UnicodeAttribute(hash_key=True)
    due_at = WholeNumber(range_key=True)


class TaskRow(Row):
    class Meta:
        table_env = "TASKS_TABLE"

    task_id = UnicodeAttribute(hash_key=True)
    shard = UnicodeAttribute()
    due_at = WholeNumber()
    token = UnicodeAttribute()
    attempts = WholeNumber()
    payload = UnicodeAttribute()
    request_id = UnicodeAttribute(null=True)
    due: ClassVar[_Due] = _Due()


@dataclass(slots=True)
class Ticket:
    """A taken task. The use case ends it in the transaction of its last effect."""

    task_id: str
    payload: dict[str, Any]
    attempts: int
    token: str
    _tasks: "Tasks"
    ended: bool = False

    def done(self, transaction: Transaction) -> None:
        transaction.delete(TaskRow(self.task_id), self.task_id, TaskRow.token == self.token)
        self.ended = True

    def finish(self) -> None:
        """Done, when there is nothing else to write."""
        transaction = Transaction()
        self.done(transaction)
        store.commit(transaction)

    def again(
        self, transaction: Transaction, due_at: datetime, payload: Payload | None = None
    ) -> None:
        """Look again at `due_at`; attempts start over, a poll's own count lives in its payload."""
        self._tasks.end(transaction, self, due_at, 0, payload)
        self.ended = True


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks of one service. `queue_url_prefix` + task name is a queue's URL."""

    clock: Clock
    queue_url_prefix: str
    backoff_max_s: int = 300

    def arm(
        self, transaction: Transaction, task_id: str, payload: Payload, due_at: datetime
    ) -> None:
        """An upsert, never put-if-absent: the newest call for the work wins over a worker."""
        self.set_row(transaction, task_id, due_at, attempts=0, payload=payload, condition=None)

    def disarm(self, transaction: Transaction, task_id: str) -> None:
        """Takes the work back, if there is any: a worker that holds it loses its ending."""
        transaction.delete(TaskRow(task_id), task_id, None)

    def end(
        self,
        transaction: Transaction,
        ticket: Ticket,
        due_at: datetime,
        attempts: int,
        payload: Payload | None = None,
    ) -> None:
        kept = ticket.payload if payload is None else payload
        mine = TaskRow.token == ticket.token
        self.set_row(
            transaction, ticket.task_id, due_at, attempts=attempts, payload=kept, condition=mine
        )

    def set_row(
        self,
        transaction: Transaction,
        task_id: str,
        due_at: datetime,
        *,
        attempts: int,
        payload: Payload,
        condition: Any,
    ) -> None:
        text = json.dumps(dict(payload), separators=(",", ":"), ensure_ascii=False)
        if len(text.encode()) > _PAYLOAD_MAX:
            raise ValueError("a task carries ids, not documents")
        actions = [
            TaskRow.shard.set(str(crc32(task_id.encode()) % SHARDS)),
            TaskRow.due_at.set(to_ms(due_at)),
            TaskRow.token.set(new_token()),
            TaskRow.attempts.set(attempts),
            TaskRow.payload.set(text),
            TaskRow.request_id.set(_origin()),
        ]
        transaction.update(TaskRow(task_id), task_id, actions, condition)
        transaction.after_commit.append(lambda: self.wake(task_id, due_at))

    def take(self, task_id: str, attempts_max: int | None) -> Ticket | None:
        """Leases a due task until this invocation surely ended. None: not due, gone or parked."""
        now, token = self.clock.now(), new_token()
        lease_s = min(trace.remaining_s(), _LONGEST_DELAY_S) + _LEASE_RESERVE_S
        row = TaskRow(task_id)
        actions: list[Action] = [
            TaskRow.due_at.set(to_ms(now + timedelta(seconds=lease_s))),
            TaskRow.token.set(token),
            TaskRow.attempts.set(TaskRow.attempts + 1),
        ]
        due = (TaskRow.due_at <= to_ms(now) + 1000) & (TaskRow.shard != PARKED)
        try:
            row.update(actions, condition=TaskRow.task_id.exists() & due)
        except UpdateError as problem:
            if not store.condition_failed(problem):
                raise store.unavailable(problem) from problem
            # The first answer may have been lost and the SDK have asked twice.
            found = TaskRow.find(task_id)
            if found is None or found.token != token:
                return None
            row = found
        # A message of the sweeper knows no request; the row does (AR-18).
        trace.carry(row.request_id)
        ticket = Ticket(task_id, json.loads(row.payload), row.attempts, token, self)
        if attempts_max is not None and row.attempts > attempts_max:
            self.park(ticket)
            return None
        return ticket

    def failed(self, ticket: Ticket) -> None:
        """Back-off with jitter; the count stays."""
        exponent = min(ticket.attempts, 20)
        pause_s = min(_BACKOFF_BASE_S**exponent, self.backoff_max_s) * random.uniform(0.5, 1)
        transaction = Transaction()
        due_at = self.clock.now() + timedelta(seconds=pause_s)
        self.end(transaction, ticket, due_at, ticket.attempts)
        store.commit(transaction)

    def park(self, ticket: Ticket) -> None:
        """Out of the timer until an operator arms it again; one query lists what is parked."""
        transaction = Transaction()
        actions = [TaskRow.shard.set(PARKED), TaskRow.token.set(new_token())]
        condition = TaskRow.token == ticket.token
        transaction.update(TaskRow(ticket.task_id), ticket.task_id, actions, condition)
        store.commit(transaction)
        ticket.ended = True
        metrics.count("TaskParked", Task=name_of(ticket.task_id))
        logs.error("task_parked", task_id=ticket.task_id, attempts=ticket.attempts)

    def wake(self, task_id: str, due_at: datetime) -> None:
        """Best effort: the sweeper finds what a lost message leaves overdue."""
        delay_s = max(0, -int((self.clock.now() - due_at).total_seconds() // 1))
        own = trace.request_id()
        message: dict[str, Any] = {
            "QueueUrl": self.queue_url_prefix + name_of(task_id),
            "MessageBody": json.dumps({"task_id": task_id}),
            "MessageAttributes": {"request_id": {"DataType": "String", "StringValue": own}},
        }
        if 0 < delay_s <= _LONGEST_DELAY_S:
            message["DelaySeconds"] = delay_s
        elif delay_s:
            return
        try:
            aws.client("sqs").send_message(**message)
        except (BotoCoreError, ClientError) as problem:
            logs.error("task_wake_failed", problem, task_id=task_id)
            metrics.count("TaskWakeFailed", Task=name_of(task_id))

    def sweep(self) -> int:
        """Wakes what is overdue by 15 s, oldest first, at most 1,000 messages a queue."""
        overdue = _overdue(to_ms(self.clock.now() - timedelta(seconds=_OVERDUE_S)))
        sent = sum(self._top_up(name, sorted(rows)) for name, rows in overdue.items())
        oldest = min((due_at for rows in overdue.values() for due_at, _ in rows), default=None)
        late = timedelta() if oldest is None else self.clock.now() - from_ms(oldest)
        metrics.gauge("OldestTaskAgeSec", int(late.total_seconds()), "Seconds")
        metrics.gauge("ParkedTasks", TaskRow.due.count(PARKED))
        return sent

    def ids(self) -> Iterator[str]:
        """The id of every task there is, parked ones too; read from the index alone."""
        for shard in (*map(str, range(SHARDS)), PARKED):
            for row in TaskRow.due.query(shard):
                yield row.task_id

    def _top_up(self, name: str, rows: list["_Overdue"]) -> int:
        """One queue that is gone or throttled must not keep the others asleep."""
        try:
            return self._send(name, rows)
        except (BotoCoreError, ClientError) as problem:
            logs.error("sweep_failed", problem, task=name)
            metrics.count("TaskWakeFailed", Task=name)
            return 0

    def _send(self, name: str, rows: list["_Overdue"]) -> int:
        sqs, url = aws.client("sqs"), self.queue_url_prefix + name
        wanted = "ApproximateNumberOfMessages"
        depth = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[wanted])["Attributes"]
        chosen = rows[: max(0, _QUEUE_ROOM - int(depth[wanted]))]
        for start in range(0, len(chosen), 10):
            entries = [
                {"Id": str(index), "MessageBody": json.dumps({"task_id": task_id})}
                for index, (_, task_id) in enumerate(chosen[start : start + 10])
            ]
            sqs.send_message_batch(QueueUrl=url, Entries=entries)
        return len(chosen)


_Overdue = tuple[int, str]


def _overdue(limit: int) -> dict[str, list[_Overdue]]:
    """What is due since `limit`, by queue: of each shard the oldest that one queue may take.

    The shards give a page each in turn until all is read or half the time is gone, so that the rows
    of a queue that nobody serves do not hide those of the others.
    """
    found: dict[str, list[_Overdue]] = {}
    taken: Counter[tuple[str, str]] = Counter()
    shards = deque(
        (shard, TaskRow.due.query(shard, _Due.due_at <= limit, page_size=_QUEUE_ROOM))
        for shard in map(str, range(SHARDS))
    )
    ends_at_s = trace.remaining_s() / 2
    while shards and trace.remaining_s() >= ends_at_s:
        shard, rows = shards.popleft()
        page = list(islice(rows, _QUEUE_ROOM))
        for row in page:
            name = name_of(row.task_id)
            taken[shard, name] += 1
            if taken[shard, name] <= _QUEUE_ROOM:
                found.setdefault(name, []).append((row.due_at, row.task_id))
        if len(page) == _QUEUE_ROOM:
            shards.append((shard, rows))
    if shards:
        logs.warning("sweep_cut_short", shards=len(shards))
    return found


def _origin() -> Any:
    """The request that calls for the work. News from outside has no id of ours: the one that the
    row knows is better than one made up here.
    """
    own = trace.request_id()
    return own if trace.is_known() else TaskRow.request_id | own


def name_of(task_id: str) -> str:
    """The queue of a task."""
    return task_id.partition("#")[0]
