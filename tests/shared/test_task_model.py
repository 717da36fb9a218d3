"""Model test of shared.tasks: workers, re-arms, lease expiry, zombies, in every order (DESIGN 4).

The code under test is the real one. It runs on a table in memory, so that every schedule can be
played; that table is proven equal to moto by random operations.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from shared import aws, metrics, store, tasks, trace
from shared.errors import Unavailable
from shared.store import ConditionFailed, Transaction
from shared.tasks import TaskRow, Tasks, Ticket
from tests.shared.conftest import TABLE, TASK, TasksWorld
from tests.shared.memory_table import MemoryTable, Rows
from tests.support import calls
from tests.support.clock import FakeClock
from tests.support.interleave import ScheduleFailed, explore

EXPIRY: Final = "X"
REARM: Final = "R"
# A worker's steps: take, read the state, end. 140 + 560 + 1,120 + 5,040 schedules, of which the
# half where A starts first is played.
WORK: Final = "AAABBB"
GROUPS: Final = (WORK + "R", WORK + "RR", WORK + "RX", WORK + "RRX")


@dataclass(frozen=True, slots=True)
class Hand:
    """What one worker holds after its last step; a ticket it did not get ends it."""

    ticket: Ticket | None
    seen: int | None = None
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """All that a schedule has changed so far; `version` is that of the state that armed last."""

    rows: Rows
    now: datetime
    version: int = 0
    ended: int = -1
    hands: Mapping[str, Hand] = field(default_factory=dict)


class Model:
    """The actors' steps, each one atomic: the real shared.tasks on the table in memory."""

    def __init__(self, table: MemoryTable) -> None:
        self.table = table
        self.clock = FakeClock()
        self.tasks = Tasks(self.clock, "memory/")

    def start(self) -> Moment:
        return self._arm(Moment({}, self.clock.now()))

    def after(self, moment: Moment, actor: str) -> Moment:
        """What `moment` becomes when `actor` does its next step."""
        self.table.rows = dict(moment.rows)
        self.clock.set(moment.now)
        step = {EXPIRY: self._expire, REARM: self._arm}.get(actor)
        done = step(moment) if step else self._work(moment, actor)
        return replace(done, rows=dict(self.table.rows), now=self.clock.now())

    def _expire(self, moment: Moment) -> Moment:
        self.clock.advance(1000)
        return moment

    def _arm(self, moment: Moment) -> Moment:
        transaction = Transaction()
        self.tasks.arm(transaction, TASK, {}, self.clock.now())
        store.commit(transaction)
        return replace(moment, rows=dict(self.table.rows), version=moment.version + 1)

    def _work(self, moment: Moment, worker: str) -> Moment:
        hand = moment.hands.get(worker)
        if hand is None:
            ticket = self.tasks.take(TASK, None)
            return _holding(moment, worker, Hand(ticket, finished=ticket is None))
        if hand.finished or hand.ticket is None:
            return moment
        if hand.seen is None:
            return _holding(moment, worker, replace(hand, seen=moment.version))
        moment = _holding(moment, worker, replace(hand, finished=True))
        return replace(moment, ended=max(moment.ended, hand.seen if _end(hand.ticket) else -1))

    def quiet(self, moment: Moment) -> Moment:
        """Nobody is left but the sweeper, and the workers that it wakes."""
        for round_ in range(5):
            if not moment.rows:
                break
            self.clock.set(moment.now)
            self.clock.advance(1000)
            self.table.rows, self.table.messages = dict(moment.rows), []
            assert self.tasks.sweep() == 1
            moment = replace(moment, now=self.clock.now())
            for _ in range(3):
                moment = self.after(moment, f"woken {round_}")
        return moment

    def schedules(
        self, moment: Moment, left: str, played: str = ""
    ) -> Iterator[tuple[str, Moment]]:
        """Every order of the letters `left`, with what it comes to."""
        if not left:
            yield played, moment
        for actor in sorted(set(left)):
            if actor == "B" and left.count("A") == 3:
                continue  # the workers are alike: A is the name of whoever starts first
            rest = left.replace(actor, "", 1)
            yield from self.schedules(self.after(moment, actor), rest, played + actor)

    def lost(self) -> Iterator[str | None]:
        """For each schedule: None, or the schedule when nobody saw the last arming."""
        for group in GROUPS:
            for schedule, moment in self.schedules(self.start(), group):
                end = self.quiet(moment)
                yield schedule if end.ended < end.version else None


def _holding(moment: Moment, worker: str, hand: Hand) -> Moment:
    return replace(moment, hands={**moment.hands, worker: hand})


def _end(ticket: Ticket) -> bool:
    transaction = Transaction()
    ticket.done(transaction)
    try:
        store.commit(transaction)
    except ConditionFailed:
        return False
    return True


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    """One shard, no metric lines: what a sweep costs is not what is tried here."""
    table = MemoryTable()
    monkeypatch.setenv("TASKS_TABLE", "memory")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setattr(aws, "client", table.client)
    monkeypatch.setattr(tasks, "SHARDS", 1)
    monkeypatch.setattr(metrics, "emit", lambda *_, **__: None)
    trace.begin(None, None)
    TaskRow._connection = None
    yield Model(table)
    TaskRow._connection = None


def test_no_schedule_loses_a_rearming(model: Model) -> None:
    outcomes = list(model.lost())

    assert [schedule for schedule in outcomes if schedule] == []
    assert len(outcomes) == 6860 / 2


def test_model_finds_the_bug_of_a_counter_in_place_of_the_token(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted() -> str:
        row = model.table.rows.get(TASK, {"token": {"S": "0"}})
        return str(int(row["token"]["S"]) + 1)

    monkeypatch.setattr(tasks, "new_token", counted)

    assert any(model.lost())


def test_model_finds_the_bug_of_no_fence_at_all(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "new_token", lambda: "same")

    assert any(model.lost())


class Race:
    """The same actors where a turn ends at every remote call, not at every step."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.start = model.start()
        self.actors = [self.work, self.work, self.rearm, self.expire]

    def prepare(self) -> None:
        self.model.table.rows = dict(self.start.rows)
        self.model.clock.set(self.start.now)
        self.version, self.ended = 1, 0

    def rearm(self) -> None:
        transaction = Transaction()
        self.model.tasks.arm(transaction, TASK, {}, self.model.clock.now())
        transaction.after_commit.append(self._armed)
        store.commit(transaction)

    def _armed(self) -> None:
        self.version += 1

    def expire(self) -> None:
        calls.point("clock", "advance", lambda: self.model.clock.advance(1000))

    def work(self) -> None:
        ticket = self.model.tasks.take(TASK, None)
        if ticket is not None:
            seen = calls.point("state", "read", lambda: self.version)
            if _end(ticket):
                self.ended = max(self.ended, seen)

    def check(self, _: object) -> None:
        if self.model.table.rows:
            self.model.clock.advance(1000)
            assert self.model.tasks.sweep() == 1
            self.work()
        assert not self.model.table.rows
        assert self.ended == self.version


def test_no_interleaving_of_single_calls_loses_a_rearming(model: Model) -> None:
    race = Race(model)

    exploration = explore(race.actors, race.prepare, race.check)

    assert exploration.exhaustive
    assert exploration.schedules > 500


def test_interleaving_of_single_calls_finds_the_bug_of_no_fence(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "new_token", lambda: "same")
    race = Race(model)

    with pytest.raises(ScheduleFailed):
        explore(race.actors, race.prepare, race.check)


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

    def done(self) -> object:
        return _end(self.random.choice(self.tickets))

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
    on_moto: list[Any], model: Model
) -> None:
    def rows() -> list[Any]:
        return [row for _, row in sorted(model.table.rows.items())]

    for seed in SEEDS:
        model.table.rows, model.table.messages = {}, []
        model.clock.set(FakeClock().now())
        assert play(seed, model.tasks, model.clock, rows) == on_moto[seed]
