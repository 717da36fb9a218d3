"""The flows of a taxi park's money: from where, what, how it recovers, what must hold then."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tests.proofs.fleet_invariants import (
    SUCCESS,
    check_boundary,
    check_quiet,
    check_told,
    credited,
)
from tests.support.crash import KINDS, Report, enumerate_crashes
from tests.support.faults import Fault
from tests.support.intrinsics import Json
from tests.support.park import ACCOUNT, Opened, Park, park

ALL: Final = os.environ.get("PROOFS") == "all"
QUICK_KINDS: Final = (Fault.BEFORE, Fault.AFTER, Fault.LOST_ANSWER_FINAL)
ALL_KINDS: Final = (*KINDS, Fault.LOST_ANSWER_FINAL)
TXN: Final = "t-1"
AMOUNT: Final = 1000


@contextmanager
def warm_park() -> Iterator[Park]:
    """A park in which every module, client and cache has been used once."""
    with park() as found:
        opened = found.open_wallet(allow_reversal=True, commission_rate=Decimal("0.1"))
        for flow in ("check", "pay", "cancel"):
            found.pay(opened, f"warm-{flow}")
            found.ask(opened, "check", account=ACCOUNT)
            found.deliver()
            found.ask(opened, "cancel", txn=f"warm-{flow}")
        found.deliver()
        found.sweep()
        check_quiet(found)
        start = found.aws.snapshot()
        for name, rows in start.rows.items():
            if "-wallets" not in name:
                rows.clear()
        found.aws.restore(start)
        yield found


@dataclass(slots=True)
class Case:
    """One payment in one park. `told` keeps what its terminal was told of its `pay`."""

    park: Park
    link: Opened
    told: list[Json] = field(default_factory=list)
    account: str = ACCOUNT

    def pay(self) -> Json:
        said = self.park.pay(self.link, TXN, account=self.account)
        self.told.append(said)
        return said

    def pay_until_told(self) -> None:
        """A terminal repeats until the answer is final, and never after a success."""
        if not {one["result"] for one in self.told} & SUCCESS:
            self.told.append(
                self.park.insist(self.link, "pay", txn=TXN, account=self.account, amount="10.00")
            )

    def cancel(self) -> Json:
        return self.park.ask(self.link, "cancel", txn=TXN)

    def cancel_until_told(self) -> str:
        return str(self.park.insist(self.link, "cancel", txn=TXN)["result"])

    def register(self) -> Json:
        """The first phase: a success promises nothing yet."""
        return self.park.ask(self.link, "register", txn=TXN, account=self.account, amount="10.00")

    def second(self, op: str) -> Json:
        """Its confirm or withdrawal, under the number that our row has."""
        (row,) = self.park.transactions(txn=TXN)
        return self.park.ask(self.link, op, tx_id=row["tx_id"])

    def second_until_told(self, op: str) -> Json:
        (row,) = self.park.transactions(txn=TXN)
        return self.park.insist(self.link, op, tx_id=row["tx_id"])

    def confirm(self) -> Json:
        said = self.second("confirm")
        self.told.append(said)
        return said

    def forget(self) -> None:
        """More time than a payment may wait for its confirm."""
        self.park.aws.lose_messages()
        self.park.aws.clock.advance(4 * 86400)

    def credit(self) -> None:
        for task_id in self.park.tasks():
            self.park.credit(task_id)

    def quiet(self) -> None:
        self.park.sweep_alone()

    def check(self, total: int) -> None:
        """Whatever happened, the driver has `total` minor units of the payment, once."""
        check_quiet(self.park)
        check_told(self.park, TXN, self.told)
        told = {one["tx_id"]: AMOUNT for one in self.told if one["result"] in SUCCESS}
        check_boundary(self.park, told)
        assert credited(self.park, TXN) == total


Steps = Callable[[Case], object]


@dataclass(frozen=True, slots=True)
class Flow:
    """`before` leads to the start, `act` meets the fault, `after` is what others do then."""

    name: str
    before: Steps
    act: Steps
    after: Steps
    check: Steps
    account: str = ACCOUNT


def _paid(case: Case) -> None:
    case.pay()
    case.park.deliver()


def _tombstone_then_pay(case: Case) -> None:
    case.cancel_until_told()
    case.told.append(case.park.pay(case.link, TXN))
    case.quiet()


def _reversing(case: Case) -> None:
    _paid(case)
    assert case.cancel()["result"] == "ok"


def _cancel_then_quiet(case: Case) -> None:
    assert case.cancel_until_told() in ("ok", "already_cancelled")
    case.quiet()


def _pay_then_quiet(case: Case) -> None:
    case.pay_until_told()
    case.quiet()


def _same_message_again(case: Case) -> None:
    case.credit()
    case.quiet()


def _nothing(_case: Case) -> None:
    """The flow begins with an empty park."""


def _is(total: int) -> Steps:
    return lambda case: case.check(total)


def _in_suspense(case: Case) -> None:
    case.check(0)
    (row,) = case.park.rows("suspense")
    assert (row["amount"], row["reason"]) == (AMOUNT, "account_closed")


def _refused_for_ever(case: Case) -> None:
    case.check(0)
    assert case.told[-1]["result"] == "already_cancelled"


def _unchanged(case: Case) -> None:
    assert case.park.transactions() == case.park.rows("claims") == []


def _asked(case: Case) -> Json:
    return case.park.ask(case.link, "check", account=ACCOUNT, amount="10.00")


def _forgotten(case: Case) -> None:
    case.register()
    case.forget()


def _registered_then_quiet(case: Case) -> None:
    """It is repeated until its number is told, and its confirm until that is done."""
    number = case.park.insist(case.link, "register", txn=TXN, account=case.account, amount="10.00")[
        "tx_id"
    ]
    case.told.append(case.park.insist(case.link, "confirm", tx_id=number))
    case.quiet()


def _confirmed_then_quiet(case: Case) -> None:
    case.told.append(case.second_until_told("confirm"))
    case.quiet()


def _withdrawn_then_quiet(case: Case) -> None:
    assert case.second_until_told("withdraw")["result"] in ("ok", "already_cancelled")
    case.quiet()
    assert case.second_until_told("confirm")["result"] == "txn_not_found"


def _ended_unpaid(case: Case) -> None:
    case.check(0)
    (row,) = case.park.transactions()
    assert (row["step"], row["reason"]) == ("timeout", "not_confirmed")


FLOWS: Final = (
    Flow("check", _nothing, _asked, _asked, _unchanged),
    Flow("pay", _nothing, Case.pay, _pay_then_quiet, _is(AMOUNT)),
    Flow("repeat", Case.pay, Case.pay, _pay_then_quiet, _is(AMOUNT)),
    Flow("credit", Case.pay, Case.credit, Case.quiet, _is(AMOUNT)),
    Flow("credit-again", Case.pay, Case.credit, _same_message_again, _is(AMOUNT)),
    Flow("suspense", Case.pay, Case.credit, Case.quiet, _in_suspense, "100666"),
    Flow("tombstone", _nothing, Case.cancel, _tombstone_then_pay, _refused_for_ever),
    Flow("withdraw", Case.pay, Case.cancel, _cancel_then_quiet, _is(0)),
    Flow("reverse", _paid, Case.cancel, _cancel_then_quiet, _is(0)),
    Flow("take-back", _reversing, Case.credit, Case.quiet, _is(0)),
    Flow("register", _nothing, Case.register, _registered_then_quiet, _is(AMOUNT)),
    Flow("confirm", Case.register, Case.confirm, _confirmed_then_quiet, _is(AMOUNT)),
    Flow(
        "let-go", Case.register, lambda case: case.second("withdraw"), _withdrawn_then_quiet, _is(0)
    ),
    Flow("forgotten", _forgotten, Case.credit, Case.quiet, _ended_unpaid),
    Flow("sweep", Case.pay, lambda case: case.park.sweep(), Case.quiet, _is(AMOUNT)),
)


def flow_named(name: str) -> Flow:
    return next(flow for flow in FLOWS if flow.name == name)


def opened(found: Park) -> Opened:
    """A wallet that withholds a tenth and allows reversals."""
    return found.open_wallet(allow_reversal=True, commission_rate=Decimal("0.1"))


def crash(found: Park, flow: Flow) -> Report:
    """`flow` with a fault at each of its calls; CrashesFailed names what went wrong."""
    empty = found.aws.snapshot()
    case = Case(found, opened(found), account=flow.account)
    flow.before(case)
    start, told = found.aws.snapshot(), list(case.told)

    def prepare() -> None:
        found.aws.restore(start)
        case.told[:] = told

    try:
        return enumerate_crashes(
            lambda: flow.act(case),
            prepare=prepare,
            recover=lambda: flow.after(case),
            check=lambda: flow.check(case),
            kinds=ALL_KINDS if ALL else QUICK_KINDS,
        )
    finally:
        found.aws.restore(empty)
