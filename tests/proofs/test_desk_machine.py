"""Cash desks under random life: repeats, conflicts, late requests, outages, crashes, lost news."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from local.cash_desk import Told
from tests.proofs.desk_flows import warm_checkout
from tests.proofs.desk_invariants import FINAL, PAID, check_books, check_quiet, check_told
from tests.proofs.phases import ALL, QUICK_KINDS
from tests.support.atomic_moto import Snapshot
from tests.support.checkout import Checkout
from tests.support.crash import fault_at
from tests.support.faults import Crash, Fault

CODES: Final = ("YM1.ok", "YM1.accept", "YM1.accept", "YM1.poor", "YM1.decline")
AMOUNTS: Final = ("500.00", "500.00", "500.00", "0.01")
PARTS: Final = ("200.00", "300.00", "500.00")
trns = st.integers(1, 4)
codes = st.sampled_from(CODES)
kinds = st.sampled_from(QUICK_KINDS)
parts = st.sampled_from(PARTS)
numbers = st.sampled_from(("R1", "R2", "R3"))

Ask = Callable[[], Told]


class Life(RuleBasedStateMachine):
    """The model is what every desk was told; the ledgers must bear it out."""

    here: Checkout
    empty: Snapshot

    @initialize(seed=st.integers(0, 2**16))
    def open(self, seed: int) -> None:
        self.here.aws.restore(self.empty)
        self.told: dict[int, list[Told]] = {}
        self.reversed: set[int] = set()
        self.late: list[tuple[int, Any]] = []
        self.dice = Random(seed)

    @rule(trn=trns, qr=codes, amount=st.sampled_from(AMOUNTS), late=st.integers(0, 5))
    def authorize(self, trn: int, qr: str, amount: str, late: int) -> None:
        self.ask(trn, late, lambda desk: desk.authorize(trn, qr, amount, timeout=15))

    @rule(trn=trns, late=st.integers(0, 5))
    def status(self, trn: int, late: int) -> None:
        self.ask(trn, late, lambda desk: desk.status(trn))

    @rule(trn=trns, late=st.integers(0, 5))
    def reverse(self, trn: int, late: int) -> None:
        self.reversed.add(trn)
        self.ask(trn, late, lambda desk: desk.reverse(trn))

    @rule(trn=trns, number=numbers, part=parts, late=st.integers(0, 5))
    def refund(self, trn: int, number: str, part: str, late: int) -> None:
        self.ask(trn, late, lambda desk: desk.refund(trn, number, part))

    @rule(
        trn=trns,
        what=st.sampled_from(["authorize", "status", "reverse", "refund"]),
        at=st.integers(1, 8),
        kind=kinds,
    )
    def ask_and_die(self, trn: int, what: str, at: int, kind: Fault) -> None:
        desk = self.here.desk
        asked: dict[str, Ask] = {
            "authorize": lambda: desk.authorize(trn, "YM1.ok", "500.00", timeout=15),
            "status": lambda: desk.status(trn),
            "reverse": lambda: desk.reverse(trn),
            "refund": lambda: desk.refund(trn, "R1", "200.00"),
        }
        if what == "reverse":
            self.reversed.add(trn)
        with suppress(Crash), fault_at(at, kind):
            self.hear(trn, asked[what]())

    @rule()
    def late_requests_come(self) -> None:
        """In any order, and some of them twice."""
        self.dice.shuffle(self.late)
        late, self.late = self.late, []
        for trn, sent in [*late, *late[:1]]:
            self.hear(trn, Told(*self.here.send(*sent)))

    @rule(trn=trns, act=st.sampled_from(["accept", "accept", "decline"]))
    def driver(self, trn: int, act: str) -> None:
        if any(row["key"] == f"mobi:{trn}" for row in self.here.payments()):
            assert self.here.drives(trn, act)[0] in {200, 409}

    @rule(what=st.sampled_from(["outage", "lose", "shuffle"]))
    def trouble(self, what: str) -> None:
        if what == "outage":
            self.here.take_down(3)
        elif what == "lose":
            self.here.aws.lose_messages()
        else:
            self.here.aws.shuffle_messages(lambda found: self.dice.sample(found, len(found)))

    @rule()
    def work(self) -> None:
        self.here.deliver()

    @rule(at=st.integers(1, 8), kind=kinds)
    def work_and_die(self, at: int, kind: Fault) -> None:
        for task_id in self.here.tasks()[:1]:
            with suppress(Crash), fault_at(at, kind):
                self.here.check(task_id)

    @rule(seconds=st.sampled_from([-2, 1, 6, 20, 75, 400]))
    def time_passes(self, seconds: int) -> None:
        """And is set back a little, as clocks of two machines differ."""
        clock = self.here.clock
        clock.set(clock.now() + timedelta(seconds=seconds))
        self.here.sweep()
        self.here.deliver()

    @invariant()
    def books_agree(self) -> None:
        check_books(self.here)

    def teardown(self) -> None:
        self.here.take_down(0)
        self.here.sweep_alone(rounds=12, seconds=400)
        check_quiet(self.here)
        for trn, told in self.told.items():
            check_told(self.here, trn, told, reversed_=trn in self.reversed)

    def ask(self, trn: int, late: int, asking: Callable[[Any], Told]) -> None:
        """One request in six is held up on its way; the desk knows nothing of it."""
        if late:
            self.hear(trn, asking(self.here.desk))
            return

        def hold(*sent: Any) -> tuple[int, dict[str, Any]]:
            self.late.append((trn, sent))
            return 504, {}

        asking(replace(self.here.desk, send=hold))

    def hear(self, trn: int, told: Told) -> None:
        """No answer goes back behind another: what is final stays, what is paid was paid."""
        if told.status != 200 or not told.state:
            return
        heard = self.told.setdefault(trn, [])
        before = {one.state for one in heard}
        assert not before & FINAL or before & FINAL == {told.state}
        if before & PAID:
            assert told.state in PAID | {"REVERSED"}
        heard.append(told)


@pytest.fixture(scope="module")
def place() -> Iterator[Checkout]:
    with warm_checkout() as found:
        yield found


def test_whatever_happens_both_books_and_every_desk_agree(place: Checkout) -> None:
    class Here(Life):
        here = place
        empty = place.aws.snapshot()

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=300 if ALL else 12,
            stateful_step_count=60 if ALL else 40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
