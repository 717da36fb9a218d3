"""Model test of shared.tasks: workers, re-arms, lease expiry, zombies, in every order (DESIGN 4).

The code under test is the real one. It runs on a table in memory, so that every schedule can be
played; that table is proven equal to moto by random operations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import pytest

from shared import store, tasks
from shared.store import ConditionFailed, Transaction
from shared.tasks import Tasks, Ticket
from tests.shared.conftest import TASK
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
def model(memory: MemoryTable) -> Model:
    return Model(memory)


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
