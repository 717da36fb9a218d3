"""The tasks table in memory is equal to moto: random operations of shared.tasks on both."""

import itertools
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from shared import aws, store, tasks, trace
from shared.errors import Unavailable
from shared.store import ConditionFailed, Transaction
from shared.tasks import Tasks, Ticket
from tests.shared.conftest import TABLE, TasksWorld
from tests.shared.memory_table import MemoryTable
from tests.support.clock import FakeClock


class Script:
    """Random operations of a worker, a sweeper and an armer; every random choice from `seed`."""

    def __init__(self, seed: int, tasks_: Tasks, clock: FakeClock) -> None:
        self.random = random.Random(seed)
        self.tasks = tasks_
        self.clock = clock
        self.tickets = [Ticket("shared_poll#none", {}, 1, "none", tasks_)]

    def step(self) -> object:
        """Does one operation: its answer, or what it raised."""
        operations: list[Callable[[], object]] = [
            *(self.arm, self.take, self.take, self.advance, self.sweep),
            *(self.done, self.again, self.fail, self.park, self.done_and_arm),
        ]
        try:
            return self.random.choice(operations)()
        except ConditionFailed as problem:
            return problem.labels
        except Unavailable as problem:
            return problem.code

    def task_id(self) -> str:
        return f"shared_poll#{self.random.randrange(3)}"

    def due_at(self) -> datetime:
        return self.clock.now() + timedelta(seconds=self.random.choice((-60, 0, 0.5, 30)))

    def arm(self) -> None:
        transaction = Transaction()
        self.tasks.arm(transaction, self.task_id(), {"n": self.random.randrange(9)}, self.due_at())
        store.commit(transaction)

    def take(self) -> object:
        ticket = self.tasks.take(self.task_id(), self.random.choice((None, 2)))
        if ticket is None:
            return None
        self.tickets.append(ticket)
        return ticket.task_id, ticket.attempts, ticket.token, ticket.payload

    def advance(self) -> None:
        self.clock.advance(self.random.choice((1, 20, 1000)))

    def sweep(self) -> int:
        return self.tasks.sweep()

    def done(self) -> None:
        transaction = Transaction()
        self.random.choice(self.tickets).done(transaction)
        store.commit(transaction)

    def again(self) -> None:
        transaction = Transaction()
        self.random.choice(self.tickets).again(transaction, self.due_at())
        store.commit(transaction)

    def fail(self) -> None:
        self.tasks.failed(self.random.choice(self.tickets))

    def park(self) -> None:
        self.tasks.park(self.random.choice(self.tickets))

    def done_and_arm(self) -> None:
        transaction = Transaction()
        self.random.choice(self.tickets).done(transaction)
        self.tasks.arm(transaction, self.task_id(), {}, self.due_at())
        store.commit(transaction)


def play(
    seed: int, tasks_: Tasks, clock: FakeClock, rows: Callable[[], list[Any]]
) -> list[tuple[object, list[Any]]]:
    """What each of 20 operations answered, and the rows that it left."""
    script = Script(seed, tasks_, clock)
    # A row keeps the request id of whoever armed it.
    trace.begin("request-of-test", None)
    with pytest.MonkeyPatch.context() as patch:
        tokens = itertools.count()
        patch.setattr(tasks, "new_token", lambda: f"token-{next(tokens)}")
        patch.setattr(random, "uniform", lambda low, _high: low)
        return [(script.step(), rows()) for _ in range(20)]


SEEDS: Final = range(20)


@pytest.fixture
def on_moto(world: TasksWorld, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    monkeypatch.setattr(tasks, "SHARDS", 1)

    def rows() -> list[Any]:
        items = aws.client("dynamodb").scan(TableName=TABLE)["Items"]
        return sorted(items, key=lambda item: str(item["task_id"]))

    found = []
    for seed in SEEDS:
        world.aws.restore(world.empty)
        found.append(play(seed, world.tasks, world.clock, rows))
    return found


def test_table_in_memory_answers_400_random_operations_as_moto_does(
    on_moto: list[Any], memory: MemoryTable
) -> None:
    def rows() -> list[Any]:
        return [row for _, row in sorted(memory.rows.items())]

    for seed in SEEDS:
        memory.rows, clock = {}, FakeClock()
        assert play(seed, Tasks(clock, "memory/"), clock, rows) == on_moto[seed]
