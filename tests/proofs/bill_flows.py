"""The flows of drivers' bills: from where, what, how it recovers, what must hold then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from tests.proofs.bill_invariants import check_bills_quiet
from tests.proofs.fleet_flows import ALL, ALL_KINDS, warm_park
from tests.support import calls
from tests.support.bills import MINOR, Driver, wallet_in
from tests.support.crash import Report, enumerate_crashes
from tests.support.faults import Crash, Fault
from tests.support.intrinsics import Json
from tests.support.park import Park

# The sandbox's QIWI never gives up a bill of 1.04: it can be paid late.
STUBBORN: Final = "1.04"
_TTL_S: Final = 3600
# To die after a call is to die before the next one.
_QUICK_KINDS: Final = (Fault.BEFORE, Fault.LOST_ANSWER_FINAL)


@contextmanager
def warm_bills() -> Iterator[Park]:
    """A park in which both systems have been used once."""
    with warm_park() as found:
        empty = found.aws.snapshot()
        for system in ("qiwi", "paystack"):
            case = Case(found, system)
            case.create()
            case.driver.app("payments_get", "GET", "/payments/{payment_id}", "0")
            case.driver.wait(6)
            case.hook(case.pays())
            case.quiet()
        found.aws.restore(empty)
        yield found


@dataclass(slots=True)
class Case:
    """One driver and his bill in one system."""

    park: Park
    system: str
    amount: str = "500.00"
    driver: Driver = field(init=False)
    message: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.driver = Driver(self.park, wallet_in(self.park, self.system), self.system)

    def create(self) -> tuple[int, Json]:
        return self.driver.create(f"k-{self.system}", self.amount)

    def create_until_told(self) -> Json:
        """The app repeats until it knows, then waits until the driver can pay, or cannot."""
        for _ in range(4):
            with suppress(Crash), calls.process():
                status, found = self.create()
                if status < 500:
                    break
        else:
            raise AssertionError("never answered")
        if found["sub_state"] == "issuing":
            self.park.sweep_alone(rounds=1, seconds=75)
        return self.driver.get(found["payment_id"])[1]

    def pays(self) -> Json:
        """Keeps what the system will tell of it."""
        self.message = self.driver.pays()
        return self.message

    def pays_if_he_can(self) -> None:
        found = self.create_until_told()
        assert found["state"] == "accepted" or found["reason"] == "link_lost", found
        if found["state"] == "accepted":
            self.pays()

    def hook(self, said: Json | None = None) -> int:
        return self.driver.hook(said or self.message) if self.system == "paystack" else 200

    def hook_until_told(self) -> None:
        """Paystack repeats what is not answered 200."""
        for _ in range(4):
            with suppress(Crash), calls.process():
                if self.hook() == 200:
                    return
        raise AssertionError("never answered")

    def look(self) -> Json:
        return self.driver.look()

    def later(self, seconds: int) -> None:
        self.park.aws.clock.advance(seconds)

    def quiet(self) -> None:
        """Days pass: first the bill's life, then the watch over it. What no message wakes, or no
        message is left for, the sweeper does.
        """
        self.later(75)
        self.park.deliver()
        self.park.sweep_alone(rounds=8, seconds=1900)
        self.park.sweep_alone(rounds=20, seconds=22_000)

    def check(self, total: int) -> None:
        check_bills_quiet(self.park)
        entered = [row["amount"] for row in self.park.billing() if row["key"] != "elsewhere"]
        assert sum(entered) == total


Steps = Callable[[Case], object]


@dataclass(frozen=True, slots=True)
class Flow:
    """`before` leads to the start, `act` meets the fault, `after` is what others do then."""

    name: str
    before: Steps
    act: Steps
    after: Steps
    check: Steps
    system: str = "qiwi"
    amount: str = "500.00"


def _nothing(_case: Case) -> None:
    """The flow begins with an empty park."""


def _issued(case: Case) -> None:
    assert case.create()[0] == 201
    case.later(6)


def _paid(case: Case) -> None:
    _issued(case)
    case.pays()


def _unheard(case: Case) -> None:
    """QIWI was down when the bill was to be issued."""
    case.park.take_down("qiwi", 1)
    assert case.create()[1]["sub_state"] == "issuing"
    case.later(26)


def at_the_end(case: Case) -> None:
    assert case.create()[0] == 201
    case.later(_TTL_S)


def expired(case: Case) -> None:
    at_the_end(case)
    case.look()
    assert case.driver.bill()["step"] == "timeout"


def paid_late(case: Case) -> None:
    expired(case)
    case.pays()


def paid_when_nobody_watches(case: Case) -> None:
    at_the_end(case)
    case.quiet()
    assert case.park.tasks() == []
    case.pays()


def _pays_then_quiet(case: Case) -> None:
    case.pays()
    case.quiet()


def _hook_then_quiet(case: Case) -> None:
    case.hook_until_told()
    case.quiet()


def _pay_then_quiet(case: Case) -> None:
    case.pays_if_he_can()
    case.quiet()


def _is(total: int) -> Steps:
    return lambda case: case.check(total)


def _as_paid(case: Case) -> None:
    """One bill in the system, and all that was paid there."""
    (bill,) = case.driver.issued()
    case.check(MINOR if bill["status"] == "paid" else 0)


def _declined(case: Case) -> None:
    case.check(0)
    assert case.driver.bill()["step"] == "declined"


FLOWS: Final = (
    Flow("create", _nothing, Case.create, _pay_then_quiet, _is(MINOR)),
    Flow("create-page", _nothing, Case.create, _pay_then_quiet, _as_paid, "paystack"),
    Flow("create-again", Case.create, Case.create, _pay_then_quiet, _is(MINOR)),
    Flow("issue", _unheard, Case.look, _pay_then_quiet, _is(MINOR)),
    Flow("look", _issued, Case.look, _pays_then_quiet, _is(MINOR)),
    Flow("paid", _paid, Case.look, Case.quiet, _is(MINOR)),
    Flow("declined", _issued, Case.look, Case.quiet, _declined, amount="1.02"),
    Flow("expire", at_the_end, Case.look, _pays_then_quiet, _is(104), amount=STUBBORN),
    Flow("cancel", expired, Case.look, Case.quiet, _is(0)),
    Flow("late", paid_late, Case.look, Case.quiet, _is(104), amount=STUBBORN),
    Flow("webhook", _paid, Case.hook, _hook_then_quiet, _is(MINOR), "paystack"),
    Flow(
        *("late-webhook", paid_when_nobody_watches, Case.hook, _hook_then_quiet, _is(MINOR)),
        system="paystack",
    ),
)


def flow_named(name: str) -> Flow:
    return next(flow for flow in FLOWS if flow.name == name)


def crash(found: Park, flow: Flow, failures_max: int | None = None) -> Report:
    """`flow` with a fault at each of its calls; CrashesFailed names what went wrong."""
    empty = found.aws.snapshot()
    case = Case(found, flow.system, flow.amount)

    def prepare() -> None:
        found.aws.restore(start)
        case.message = message

    try:
        flow.before(case)
        start, message = found.aws.snapshot(), case.message
        return enumerate_crashes(
            lambda: flow.act(case),
            prepare=prepare,
            recover=lambda: flow.after(case),
            check=lambda: flow.check(case),
            kinds=ALL_KINDS if ALL else _QUICK_KINDS,
            failures_max=failures_max,
        )
    finally:
        found.aws.restore(empty)


def course(steps: Callable[[Case], Any], system: str = "qiwi", amount: str = "500.00") -> Any:
    """One course of things without any fault of the harness."""

    def proof(found: Park) -> None:
        empty = found.aws.snapshot()
        try:
            steps(Case(found, system, amount))
        finally:
            found.aws.restore(empty)

    return proof
