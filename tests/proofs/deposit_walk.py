"""Deposits under random life: the steps follow from one seed; the model is what riders were told.

Messages are duplicated, reordered and lost, workers die, systems fail, time passes.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any, Final

from pynamodb.exceptions import PynamoDBException

from tests.proofs.deposit_flows import HOURS, QUICK_KINDS
from tests.proofs.deposit_invariants import OPEN, check_books, check_quiet, invoices, sessions_in
from tests.support.atomic_moto import Snapshot
from tests.support.crash import fault_at
from tests.support.faults import Crash
from tests.support.rides import LIMIT_S, TASKS, Answer, Rides

STEPS_A_RUN: Final = 60
SESSIONS: Final = ("s1", "s2", "s3", "s4")
CARDS: Final = (
    *("card-ok", "card-ok", "card-callback-lost", "card-callback-dup", "card-callback-reorder"),
    *("card-slow-15", "card-slow-65", "card-insufficient", "card-fraud"),
)
DECLINED: Final = {"card-insufficient": "insufficient_funds", "card-fraud": "fraud_suspected"}
AMOUNTS: Final = ("500.00", "100.00", "400.00", "0")
ENDS: Final = ("ride_finished", "booking_cancelled", "support")
STATES: Final = ("booked", "riding", "finished", "cancelled")
# How often a rule is taken, its name and what its arguments are drawn from.
RULES: Final[Sequence[tuple[int, str, Mapping[str, Sequence[Any]]]]] = (
    (12, "start", {"session": SESSIONS, "card": CARDS}),
    (4, "check", {"session": SESSIONS}),
    (1, "finish", {"session": SESSIONS, "reason": ENDS}),
    (7, "update", {"session": SESSIONS, "version": (2, 2, 3), "amount": AMOUNTS}),
    (1, "give_back", {"session": SESSIONS}),
    (1, "tell", {"session": SESSIONS, "kind": ("ride_finished", "ride_paid")}),
    (1, "ride", {"session": SESSIONS, "state": STATES}),
    (16, "deliver_one", {"which": tuple(range(len(TASKS)))}),
    (4, "mix", {"how": ("twice", "shuffled", "lost")}),
    (8, "time", {"seconds": (1, 1, 5, 16, 31, LIMIT_S)}),
    (1, "time", {"seconds": (5 * HOURS,)}),
    (5, "sweep", {}),
    (2, "break_down", {"system": ("transactions", "sessions"), "count": (1, 3)}),
    (6, "bad_luck", {"at": tuple(range(1, 8)), "kind": QUICK_KINDS}),
)


class Walk:
    """One run. `told` is what each session's riders heard; it must be borne out by the engine."""

    def __init__(self, place: Rides, empty: Snapshot, seed: int) -> None:
        self.place = place
        self.chance = Random(seed)
        # Back-off and shuffles of our code draw from this one.
        random.seed(seed)
        self.luck: tuple[int, Any] | None = None
        self.cards: dict[str, list[str]] = {}
        self.let_go: set[str] = set()
        self.ended: set[str] = set()
        place.aws.restore(empty)

    def run(self) -> set[str]:
        """The statuses that were seen on the way."""
        weights = [weight for weight, _, _ in RULES]
        for _ in range(STEPS_A_RUN):
            ((_, name, wanted),) = self.chance.choices(RULES, weights)
            drawn = {key: self.chance.choice(values) for key, values in wanted.items()}
            getattr(self, f"do_{name}")(**drawn)
            check_books(self.place)
        seen = {str(row["status"]) for row in self.place.rows("events")}
        self._end()
        return seen

    def do_start(self, session: str, card: str) -> None:
        answer = self._ask(lambda: self.place.start(session, card))
        if answer is None or answer[0] != 200:
            assert answer is None or answer[0] in (409, 503), answer
            return
        if answer[1]["deposit"] == "started":
            self.cards.setdefault(session, []).append(card)
            return
        assert answer[1]["reason"] in ("finished", "ride_begun")

    def do_check(self, session: str) -> None:
        answer = self._ask(lambda: self.place.check(session))
        if answer is None:
            return
        status, body = answer
        assert status in (200, 402, 503), answer
        cards = self.cards.get(session, [])
        if status == 402:
            # Only what a bank of its own card has said, and never for a fault of ours.
            codes = {DECLINED[card] for card in cards if card in DECLINED}
            assert body["details"]["decline_reason"] in codes
        elif status == 200 and body["status"] == "held":
            books = [self.place.ledger(one) for one in invoices(self.place, session)]
            assert any(book["held"] for book in books)
        elif status == 200 and body.get("reason") == "no_invoice":
            assert body["allow_ride"]
            self.let_go.add(session)

    def do_finish(self, session: str, reason: str) -> None:
        answer = self._ask(lambda: self.place.finish(session, reason))
        if answer is not None and answer[0] == 200:
            self.ended.add(session)

    def do_update(self, session: str, version: int, amount: str) -> None:
        answer = self._ask(lambda: self.place.update(version, amount, session))
        assert answer is None or answer[0] in (200, 404, 409, 503), answer

    def do_give_back(self, session: str) -> None:
        answer = self._ask(lambda: self.place.give_back(session))
        assert answer is None or answer[0] in (200, 404, 503), answer

    def do_tell(self, session: str, kind: str) -> None:
        self.place.tell(kind, session)

    def do_ride(self, session: str, state: str) -> None:
        self.place.ride(state, session)

    def do_deliver_one(self, which: int) -> None:
        """One message of one of the queues that have any."""
        waiting = [name for name in TASKS if self.place.aws.has_messages(f"test-{name}")]
        if waiting:
            queue = waiting[which % len(waiting)]
            for message in self.place._receive(queue)[:1]:
                self._ask(partial(self.place._handle, queue, message))

    def do_mix(self, how: str) -> None:
        match how:
            case "twice":
                self.place.aws.shuffle_messages(lambda found: found + found[:1])
            case "shuffled":
                self.place.aws.shuffle_messages(lambda found: found[::-1])
            case _:
                self.place.aws.shuffle_messages(lambda found: found[1:])

    def do_time(self, seconds: int) -> None:
        self.place.pass_time(seconds)

    def do_sweep(self) -> None:
        self._ask(self.place.sweep)

    def do_break_down(self, system: str, count: int) -> None:
        self.place.take_down(system, count)

    def do_bad_luck(self, at: int, kind: Any) -> None:
        self.luck = (at, kind)

    def _ask(self, work: Callable[[], Any]) -> Any:
        """The work, with the bad luck that waits for it; None when it died of it."""
        if self.luck is None:
            return work()
        (at, kind), self.luck = self.luck, None
        try:
            with fault_at(at, kind):
                answer: Answer | None = work()
        except (Crash, PynamoDBException):
            return None
        return answer if answer is None or answer[0] != 500 else None

    def _end(self) -> None:
        """No more bad luck: every ride is over, and hours later nothing is held."""
        place = self.place
        for system in ("transactions", "sessions"):
            place.take_down(system, 0)
        place.wake_overdue(rounds=8)
        check_quiet(place)
        for session in self.ended:
            assert self._open(session) == 0, f"{session}: held after its end"
        for session in self.let_go:
            assert self._open(session) == 0, f"{session}: held after it was let go without"
        for session in sessions_in(place, OPEN):
            place.ride("finished", session)
        place.pass_time(5 * HOURS)
        place.sweep()
        place.deliver()
        place.wake_overdue()
        check_quiet(place)
        assert place.tasks() == []
        assert all(self._open(session) == 0 for session in SESSIONS)

    def _open(self, session: str) -> int:
        return sum(self.place.ledger(one)["open"] for one in invoices(self.place, session))
