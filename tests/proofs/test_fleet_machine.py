"""A park under random life: pays in one and two phases, cancels, revokes, outages, crashes."""

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from datetime import timedelta
from decimal import Decimal
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

from shared.money import Money
from tests.proofs.fleet_flows import ALL, QUICK_KINDS, warm_park
from tests.proofs.fleet_invariants import LATER, SUCCESS, check_books, check_boundary, check_quiet
from tests.support.atomic_moto import Snapshot
from tests.support.crash import fault_at
from tests.support.faults import Crash, Fault
from tests.support.intrinsics import Json
from tests.support.park import Park
from tests.support.wallets import PARK

ACCOUNTS: Final = ("100245", "100245", "100042", "100666", "100777")
AMOUNTS: Final = ("10.00", "10.00", "0.01")
TXNS: Final = tuple(f"t-{number}" for number in range(5))
WALLETS: Final[tuple[dict[str, Any], ...]] = (
    {"commission_rate": Decimal("0.1"), "allow_reversal": True},
    {"allow_reversal": True, "park_id": "park-8"},
    {},
)
NEWS: Final = frozenset({"duplicate_conflict", "already_cancelled"})
Told = dict[tuple[str, str], list[Json]]

wallets = st.integers(0, len(WALLETS) - 1)
txns = st.sampled_from(TXNS)
accounts = st.sampled_from(ACCOUNTS)
amounts = st.sampled_from(AMOUNTS)


def park_of(wallet: int) -> str:
    return str(WALLETS[wallet].get("park_id", PARK))


class Life(RuleBasedStateMachine):
    """The model is what every terminal was told; the ledgers must bear it out."""

    park: Park
    empty: Snapshot

    @initialize()
    def open(self) -> None:
        self.park.aws.restore(self.empty)
        self.links = [self.park.open_wallet(**changes) for changes in WALLETS]
        self.told: Told = {}
        self.promised: dict[str, int] = {}

    @rule(wallet=wallets, txn=txns, account=accounts, amount=amounts)
    def pay(self, wallet: int, txn: str, account: str, amount: str) -> None:
        self.hear(wallet, txn, amount, self.park.pay(self.links[wallet], txn, amount, account))

    @rule(
        wallet=wallets,
        txn=txns,
        account=accounts,
        at=st.integers(1, 6),
        kind=st.sampled_from(QUICK_KINDS),
    )
    def pay_and_die(self, wallet: int, txn: str, account: str, at: int, kind: Fault) -> None:
        with suppress(Crash), fault_at(at, kind):
            told = self.park.pay(self.links[wallet], txn, account=account)
            self.hear(wallet, txn, "10.00", told)

    @rule(wallet=wallets, txn=txns)
    def cancel(self, wallet: int, txn: str) -> None:
        told = self.park.ask(self.links[wallet], "cancel", txn=txn)
        assert told["result"] in LATER | {
            *("ok", "already_cancelled", "cancel_forbidden", "txn_not_found", "auth_failed")
        }

    @rule(wallet=wallets, txn=txns, account=accounts, amount=amounts)
    def register(self, wallet: int, txn: str, account: str, amount: str) -> None:
        said = {"txn": txn, "account": account, "amount": amount}
        told = self.park.ask(self.links[wallet], "register", **said)
        fine = SUCCESS | LATER | NEWS
        assert told["result"] in fine or not self.payments(wallet, txn)

    @rule(
        wallet=wallets,
        txn=txns,
        op=st.sampled_from(["confirm", "confirm", "withdraw"]),
        at=st.integers(1, 6),
        kind=st.sampled_from([None, *QUICK_KINDS]),
    )
    def second_phase(self, wallet: int, txn: str, op: str, at: int, kind: Fault | None) -> None:
        for row in self.payments(wallet, txn):
            with suppress(Crash), fault_at(at, kind) if kind else nullcontext():
                told = self.park.ask(self.links[wallet], op, tx_id=row["tx_id"])
                if (op, told["result"]) == ("confirm", "ok"):
                    self.promised[row["tx_id"]] = row["amount"]

    @rule(wallet=wallets, txn=txns)
    def query(self, wallet: int, txn: str) -> None:
        told = self.park.ask(self.links[wallet], "query", txn=txn)
        known = {one["tx_id"] for one in self.heard(wallet, txn) if one["result"] in SUCCESS}
        if told["result"] != "auth_failed" and known:
            assert {told["tx_id"]} == known

    @rule(wallet=wallets, what=st.sampled_from(["regenerate", "off", "billing", "book", "lose"]))
    def trouble(self, wallet: int, what: str) -> None:
        link = self.links[wallet]
        match what:
            case "regenerate":
                self.links[wallet] = self.park.add_link(link)
                self.park.revoke(link)
                assert self.park.pay(link, "t-0")["result"] == "auth_failed"
            case "off":
                on = self.park.wallet(link).enabled
                self.park.change(link, enabled=not on)
            case "billing":
                self.park.take_down("billing", 3)
            case "book":
                self.park.take_down("fleet_transactions", 3)
            case "lose":
                self.park.aws.lose_messages()

    @rule()
    def work(self) -> None:
        self.park.deliver()

    @rule(at=st.integers(1, 12), kind=st.sampled_from(QUICK_KINDS))
    def work_and_die(self, at: int, kind: Fault) -> None:
        for task_id in self.park.tasks()[:1]:
            with suppress(Crash), fault_at(at, kind):
                self.park.credit(task_id)

    @rule(seconds=st.sampled_from([-2, 1, 75, 86400]))
    def time_passes(self, seconds: int) -> None:
        """And is set back a little, as clocks of two machines differ."""
        clock = self.park.aws.clock
        clock.set(clock.now() + timedelta(seconds=seconds))
        self.park.sweep()
        self.park.deliver()

    @invariant()
    def books_agree(self) -> None:
        check_books(self.park)

    def teardown(self) -> None:
        self.park.take_down("billing", 0)
        self.park.take_down("fleet_transactions", 0)
        self.park.aws.clock.advance(4 * 86400)
        self.park.sweep_alone(rounds=12, seconds=400)
        check_quiet(self.park)
        check_boundary(self.park, self.promised)

    def hear(self, wallet: int, txn: str, amount: str, told: Json) -> None:
        """Once there is a payment no answer is final but success, conflict or its own cancel."""
        heard = self.heard(wallet, txn)
        heard.append(told)
        if told["result"] in SUCCESS:
            self.promised[told["tx_id"]] = Money.parse(amount, "UZS").minor
        assert told["result"] in SUCCESS | LATER | NEWS or not self.payments(wallet, txn)
        ids = {one["tx_id"] for one in heard if one["result"] in SUCCESS}
        assert len(ids) <= 1
        assert ids <= {row["tx_id"] for row in self.payments(wallet, txn)}

    def payments(self, wallet: int, txn: str) -> list[Json]:
        rows = self.park.transactions(txn=txn, park_id=park_of(wallet))
        return [row for row in rows if row["direction"] != "reversal"]

    def heard(self, wallet: int, txn: str) -> list[Json]:
        """Wallets of one park and system share their numbers."""
        return self.told.setdefault((park_of(wallet), txn), [])


@pytest.fixture(scope="module")
def place() -> Iterator[Park]:
    with warm_park() as found:
        yield found


def test_whatever_happens_every_promise_is_kept_once(place: Park) -> None:
    class Here(Life):
        park = place
        empty = place.aws.snapshot()

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=300 if ALL else 10,
            stateful_step_count=60 if ALL else 40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
