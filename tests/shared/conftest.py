"""A fake AWS with a tasks table for the tests of the shared layer, and the lines they log."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from shared import aws, logs, metrics, store, tasks, trace
from shared.store import Row, Transaction
from shared.tasks import TaskRow, Tasks, Ticket
from tests.shared.memory_table import MemoryTable
from tests.support.atomic_moto import FakeAws, Snapshot, atomic_aws
from tests.support.clock import FakeClock

TABLE: Final = "test-shared-tasks"
QUEUE: Final = "test-shared_poll"
TASK: Final = f"{QUEUE.removeprefix('test-')}#order-1"
Lines = Callable[[], list[dict[str, Any]]]


class Ending:
    """A Lambda context with `remaining_s` seconds left."""

    def __init__(self, remaining_s: float) -> None:
        self._remaining_s = remaining_s

    def get_remaining_time_in_millis(self) -> int:
        return int(self._remaining_s * 1000)


@dataclass(frozen=True, slots=True)
class TasksWorld:
    """One tasks table and one queue in a fake AWS; `tasks` is the code under test."""

    aws: FakeAws
    clock: FakeClock
    tasks: Tasks
    queue_url: str
    empty: Snapshot

    def arm(self, task_id: str = TASK, in_s: float = 0, **payload: str | int) -> None:
        transaction = Transaction()
        self.tasks.arm(transaction, task_id, payload, self.at(in_s))
        store.commit(transaction)

    def arm_in_shard(self, shard: str, task_id: str, in_s: float) -> None:
        """As arm, but in a shard of the test's choice."""
        self.arm(task_id, in_s)
        TaskRow(task_id).update([TaskRow.shard.set(shard)])

    def at(self, in_s: float) -> datetime:
        return self.clock.now() + timedelta(seconds=in_s)

    def take(self, task_id: str = TASK, attempts_max: int | None = None) -> Ticket:
        ticket = self.tasks.take(task_id, attempts_max)
        assert ticket is not None
        return ticket

    def row(self, task_id: str = TASK) -> TaskRow:
        found = TaskRow.find(task_id)
        assert found is not None
        return found

    def received(self, count: int = 10) -> list[dict[str, Any]]:
        """The visible messages, taken off the queue."""
        answer = aws.client("sqs").receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=count, MessageAttributeNames=["All"]
        )
        return list(answer.get("Messages", []))

    def woken(self) -> list[str]:
        """The task ids of the visible messages, taken off the queue."""
        return [json.loads(message["Body"])["task_id"] for message in self.received()]


@pytest.fixture(scope="module")
def tasks_aws() -> Iterator[TasksWorld]:
    clock = FakeClock()
    with pytest.MonkeyPatch.context() as patch, atomic_aws(clock) as fake:
        patch.setenv("TASKS_TABLE", TABLE)
        forget()
        create_tasks_table(TABLE)
        url = aws.client("sqs").create_queue(QueueName=QUEUE)["QueueUrl"]
        prefix = url.removesuffix(QUEUE) + "test-"
        yield TasksWorld(fake, clock, Tasks(clock, prefix), url, fake.snapshot())
    forget()


@pytest.fixture
def world(tasks_aws: TasksWorld) -> TasksWorld:
    """The module's fake AWS, empty again."""
    tasks_aws.aws.restore(tasks_aws.empty)
    trace.begin("request-of-test", None)
    return tasks_aws


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryTable]:
    """The tasks table in memory. One shard, no metric lines: a sweep's cost is not tried here."""
    table = MemoryTable()
    monkeypatch.setenv("TASKS_TABLE", "memory")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setattr(aws, "client", table.client)
    monkeypatch.setattr(tasks, "SHARDS", 1)
    monkeypatch.setattr(metrics, "emit", lambda *_, **__: None)
    trace.begin("request-of-test", None)
    TaskRow._connection = None
    yield table
    TaskRow._connection = None


def create_tasks_table(name: str) -> None:
    aws.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "task_id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "task_id", "AttributeType": "S"},
            {"AttributeName": "shard", "AttributeType": "S"},
            {"AttributeName": "due_at", "AttributeType": "N"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "due",
                "KeySchema": [
                    {"AttributeName": "shard", "KeyType": "HASH"},
                    {"AttributeName": "due_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )


def forget() -> None:
    aws.forget()
    rows: list[type[Row]] = [Row]
    while rows:
        row = rows.pop()
        row._connection = None
        rows += row.__subclasses__()


@pytest.fixture
def log_lines() -> Iterator[Lines]:
    """What shared.logs has written during the test, as JSON."""
    handler = logs._logger().registered_handler
    assert isinstance(handler, logging.StreamHandler)
    text = io.StringIO()
    before, handler.stream = handler.stream, text
    yield lambda: [json.loads(line) for line in text.getvalue().split("\n") if line]
    handler.stream = before
