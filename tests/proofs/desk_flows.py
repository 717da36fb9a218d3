"""The flows of purchases at cash desks: from where, what, how it recovers, what must hold then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from local.cash_desk import Told
from tests.proofs.desk_invariants import check_quiet, check_told
from tests.proofs.phases import ALL, ALL_KINDS, QUICK_KINDS
from tests.support.checkout import Checkout, checkout
from tests.support.crash import Report, enumerate_crashes

TRN: Final = 7
AMOUNT: Final = 50000
PART: Final = 20000


@contextmanager
def warm_checkout() -> Iterator[Checkout]:
    """A checkout in which every module, client and cache has been used once."""
    with checkout() as found:
        empty = found.aws.snapshot()
        found.take_down(1)
        found.desk.authorize(1, "YM1.ok", "1.00")
        found.look()
        found.desk.status(1)
        found.desk.refund(1, "R1", "1.00")
        found.desk.reverse(2)
        found.sweep()
        check_quiet(found)
        found.aws.restore(empty)
        yield found


@dataclass(slots=True)
class Case:
    """One purchase. `told` keeps what its desk was told of its authorize and status."""

    here: Checkout
    told: list[Told] = field(default_factory=list)
    qr: str = "YM1.ok"
    patience_s: int = 300

    def authorize(self) -> Told:
        told = self.here.desk.authorize(TRN, self.qr, "500.00", timeout=self.patience_s)
        self.told.append(told)
        return told

    def status(self) -> Told:
        told = self.here.desk.status(TRN)
        self.told.append(told)
        return told

    def reverse(self) -> Told:
        return self.here.desk.reverse(TRN)

    def refund(self, refund_trn: str = "R1", amount: str = "200.00") -> Told:
        return self.here.desk.refund(TRN, refund_trn, amount)

    def authorize_until_told(self) -> None:
        said = {"qr": self.qr, "amount": "500.00", "timeout": self.patience_s}
        self.told.append(self.here.insist("authorize", TRN, **said))

    def reverse_until_told(self) -> Told:
        return self.here.insist("reverse", TRN)

    def refund_until_told(self) -> Told:
        return self.here.insist("refund", TRN, refund_trn="R1", amount="200.00")

    def check(self) -> None:
        for task_id in self.here.tasks():
            self.here.check(task_id)

    def quiet(self) -> None:
        self.here.sweep_alone()

    def ends(self, state: str, balance: int, *, reversed_: bool = False) -> None:
        """Whatever happened: both books, what the desk was told, and what the driver has paid."""
        check_quiet(self.here)
        check_told(self.here, TRN, self.told, reversed_=reversed_)
        assert (self.state(), self.here.balance(TRN)) == (state, balance)

    def state(self) -> str:
        states = [row["state"] for row in self.here.rows("purchases")]
        return states[0] if states else "REVERSED"


Steps = Callable[[Case], object]


@dataclass(frozen=True, slots=True)
class Flow:
    """`before` leads to the start, `act` meets the fault, `after` is what others do then."""

    name: str
    before: Steps
    act: Steps
    after: Steps
    check: Steps
    qr: str = "YM1.ok"
    patience_s: int = 300


def _nothing(_case: Case) -> None:
    """The flow begins with an empty checkout."""


def _paid(case: Case) -> None:
    assert case.authorize().paid


def _unknown(case: Case) -> None:
    """The desk was told nothing of a payment that was never made; its task is due."""
    case.here.take_down(1)
    assert case.authorize().result == 51
    case.here.clock.advance(5)


def _over(case: Case) -> None:
    _unknown(case)
    case.here.clock.advance(case.patience_s)


def _waiting(case: Case) -> None:
    assert case.authorize().result == 1
    case.here.clock.advance(5)


def _accepted(case: Case) -> None:
    _waiting(case)
    assert case.here.drives(TRN, "accept")[0] == 200


def _reversing(case: Case) -> None:
    _accepted(case)
    case.here.take_down(1)
    assert case.reverse().result == 51
    case.here.clock.advance(5)


def _refunding(case: Case) -> None:
    _paid(case)
    case.here.take_down(1)
    assert case.refund().result == 51
    case.here.clock.advance(5)


def _desk_insists(case: Case) -> None:
    case.authorize_until_told()
    case.quiet()


def _driver_accepts(case: Case) -> None:
    for _ in range(2):
        if case.here.payments():
            case.here.drives(TRN, "accept")
            break
        case.authorize()
    case.quiet()


def _desk_reverses(case: Case) -> None:
    assert case.reverse_until_told().state == "REVERSED"
    case.quiet()


def _tombstone_then_authorize(case: Case) -> None:
    _desk_reverses(case)
    case.told.append(case.here.insist("authorize", TRN, qr="YM1.ok", amount="500.00"))


def _desk_refunds(case: Case) -> None:
    assert case.refund_until_told().result == 0
    case.quiet()


def _ends(state: str, balance: int, *, reversed_: bool = False) -> Steps:
    return lambda case: case.ends(state, balance, reversed_=reversed_)


def _paid_or_never_begun(case: Case) -> None:
    """The desk has gone: what it began is known all the same, or was never begun."""
    check_quiet(case.here)
    check_told(case.here, TRN, case.told)
    assert case.here.balance(TRN) == (AMOUNT if case.here.rows("purchases") else 0)


def _refused_for_ever(case: Case) -> None:
    case.ends("REVERSED", 0)
    assert (case.told[-1].result, case.here.payments()) == (32, [])


_IN_PART: Final = _ends("PARTIALLY_REFUNDED", AMOUNT - PART)
_IS_PAID: Final = _ends("PAID", AMOUNT)
_IS_REVERSED: Final = _ends("REVERSED", 0, reversed_=True)
FLOWS: Final = (
    Flow("authorize", _nothing, Case.authorize, _desk_insists, _IS_PAID),
    Flow("authorize-alone", _nothing, Case.authorize, Case.quiet, _paid_or_never_begun),
    Flow("repeat", _unknown, Case.authorize, _desk_insists, _IS_PAID),
    Flow("refused", _nothing, Case.authorize, _desk_insists, _ends("DECLINED", 0), "YM1.poor"),
    Flow("acceptance", _nothing, Case.authorize, _driver_accepts, _IS_PAID, "YM1.accept"),
    Flow("status", _accepted, Case.status, Case.quiet, _IS_PAID, "YM1.accept"),
    Flow("tombstone", _nothing, Case.reverse, _tombstone_then_authorize, _refused_for_ever),
    Flow("reverse-paid", _paid, Case.reverse, _desk_reverses, _IS_REVERSED),
    Flow("reverse-waiting", _waiting, Case.reverse, _desk_reverses, _IS_REVERSED, "YM1.accept"),
    Flow("reverse-unknown", _unknown, Case.reverse, _desk_reverses, _IS_REVERSED),
    Flow("refund", _paid, Case.refund, _desk_refunds, _IN_PART),
    Flow("check-unknown", _unknown, Case.check, Case.quiet, _IS_PAID),
    Flow("check-accepted", _accepted, Case.check, Case.quiet, _IS_PAID, "YM1.accept"),
    Flow("check-over", _over, Case.check, Case.quiet, _ends("EXPIRED", 0), patience_s=15),
    Flow("check-reversing", _reversing, Case.check, Case.quiet, _IS_REVERSED, "YM1.accept"),
    Flow("check-refund", _refunding, Case.check, Case.quiet, _IN_PART),
    Flow("sweep", _unknown, lambda case: case.here.sweep(), Case.quiet, _IS_PAID),
)


def flow_named(name: str) -> Flow:
    return next(flow for flow in FLOWS if flow.name == name)


def crash(found: Checkout, flow: Flow) -> Report:
    """`flow` with a fault at each of its calls; CrashesFailed names what went wrong."""
    empty = found.aws.snapshot()
    case = Case(found, qr=flow.qr, patience_s=flow.patience_s)
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
