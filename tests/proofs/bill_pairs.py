"""Two at once at a driver's bill, in the orders of their remote calls that matter (appendix B)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from tests.proofs.bill_flows import STUBBORN, Case, at_the_end, expired, paid_late
from tests.proofs.bill_invariants import check_bills
from tests.support import calls, footprint
from tests.support.bills import MINOR
from tests.support.interleave import Exploration, explore_reduced
from tests.support.park import SERVICE, Park
from tests.support.stage import Outcome

Actor = Callable[[], object]
Check = Callable[[Sequence[Outcome]], object]
# Leads to the start; the two actors, and the check of how they ended.
Pair = Callable[[Case], tuple[list[Actor], Check]]
_WORLD: Final = footprint.writing(("http",))


def _told(outcomes: Sequence[Outcome]) -> list[Any]:
    return [outcome.result() for outcome in outcomes]


def _pays(case: Case) -> Actor:
    """On the system's page: a call that no code of ours makes, and that may come too late."""

    def pays() -> bool:
        try:
            calls.point("driver", "pays", case.pays, touches=_WORLD)
        except AssertionError:
            return False
        return True

    return pays


def _as_paid(case: Case) -> Check:
    """Whatever the order was: what is paid at the system is what the driver has."""

    def check(_outcomes: Sequence[Outcome]) -> None:
        check_bills(case.park)
        case.quiet()
        (bill,) = case.driver.issued()
        case.check(bill["amount"] if bill["status"] == "paid" else 0)

    return check


def same_wish(case: Case) -> tuple[list[Actor], Check]:
    def check(outcomes: Sequence[Outcome]) -> None:
        (one, first), (other, second) = _told(outcomes)
        assert {one, other} <= {200, 201}
        assert first["payment_id"] == second["payment_id"]
        case.pays_if_he_can()
        case.quiet()
        case.check(MINOR)
        assert len(case.driver.issued()) == 1

    return [case.create, case.create], check


def two_wishes(case: Case) -> tuple[list[Actor], Check]:
    def other() -> object:
        return case.driver.create("k-other", "400.00")

    def check(outcomes: Sequence[Outcome]) -> None:
        statuses = sorted(status for status, _ in _told(outcomes))
        assert statuses == [201, 409]
        check_bills(case.park)
        assert len(case.driver.issued()) == 1
        case.quiet()
        case.check(0)

    return [case.create, other], check


def create_slow_task(case: Case) -> tuple[list[Actor], Check]:
    """The request hangs, its function is taken for dead: the bill's task issues, too."""
    clock = case.park.aws.clock
    tasks = footprint.writing(("dynamodb", f"test-{SERVICE}-tasks"))

    def task() -> None:
        calls.point("clock", "advance", lambda: clock.advance(30), touches=tasks)
        for task_id in case.park.tasks():
            case.park.work(task_id)

    def check(_outcomes: Sequence[Outcome]) -> None:
        case.pays_if_he_can()
        case.quiet()
        (bill,) = case.driver.issued()
        case.check(MINOR if bill["status"] == "paid" else 0)

    return [case.create, task], check


def create_disable(case: Case) -> tuple[list[Actor], Check]:
    def off() -> None:
        case.park.change(case.driver.wallet, enabled=False)

    def check(outcomes: Sequence[Outcome]) -> None:
        status, body = _told(outcomes)[0]
        assert status == 201 or (status, body["code"]) == (422, "payments_off")
        assert len(case.driver.issued()) == (1 if status == 201 else 0)
        case.quiet()
        case.check(0)

    return [case.create, off], check


def _issued(case: Case) -> None:
    assert case.create()[0] == 201
    case.later(6)


def webhook_poll(case: Case) -> tuple[list[Actor], Check]:
    _issued(case)
    case.pays()
    return [case.hook, case.look], _as_paid(case)


def webhook_webhook(case: Case) -> tuple[list[Actor], Check]:
    _issued(case)
    case.pays()
    return [case.hook, case.hook], _as_paid(case)


def zombie_poll(case: Case) -> tuple[list[Actor], Check]:
    """The first worker's lease ends while it lives; a second one is woken."""
    _issued(case)
    case.pays()
    clock = case.park.aws.clock
    tasks = footprint.writing(("dynamodb", f"test-{SERVICE}-tasks"))

    def later() -> None:
        calls.point("clock", "advance", lambda: clock.advance(75), touches=tasks)
        case.look()

    return [case.look, later], _as_paid(case)


def pay_expire(case: Case) -> tuple[list[Actor], Check]:
    """He pays in the moment in which the bill's time is over, and its first look behind that."""
    at_the_end(case)

    def over() -> None:
        case.look()
        case.look()

    return [_pays(case), over], _as_paid(case)


def pay_cancel(case: Case) -> tuple[list[Actor], Check]:
    expired(case)
    return [_pays(case), case.look], _as_paid(case)


def late_webhook_poll(case: Case) -> tuple[list[Actor], Check]:
    paid_late(case)
    return [case.hook, case.look], _as_paid(case)


def late_zombie(case: Case) -> tuple[list[Actor], Check]:
    paid_late(case)
    clock = case.park.aws.clock
    tasks = footprint.writing(("dynamodb", f"test-{SERVICE}-tasks"))

    def later() -> None:
        calls.point("clock", "advance", lambda: clock.advance(75), touches=tasks)
        case.look()

    return [case.look, later], _as_paid(case)


# Pair, system, amount.
Named = tuple[Pair, str, str]
PAIRS: Final[tuple[Named, ...]] = (
    (same_wish, "qiwi", "500.00"),
    (two_wishes, "qiwi", "500.00"),
    (create_slow_task, "paystack", "500.00"),
    (webhook_poll, "paystack", "500.00"),
    (pay_expire, "qiwi", STUBBORN),
    (pay_cancel, "qiwi", "500.00"),
    (late_webhook_poll, "paystack", "500.00"),
)
# Of the long form alone: what holds of them follows from those above, and from the task's own.
LONG: Final[tuple[Named, ...]] = (
    (create_slow_task, "qiwi", "500.00"),
    (create_disable, "qiwi", "500.00"),
    (webhook_webhook, "paystack", "500.00"),
    (zombie_poll, "qiwi", "500.00"),
    (late_zombie, "qiwi", STUBBORN),
)


def race(found: Park, pair: Pair, system: str, amount: str = "500.00") -> Exploration:
    """Every order that matters; whoever won, the books agree in the end."""
    empty = found.aws.snapshot()
    case = Case(found, system, amount)
    try:
        actors, check = pair(case)
        start = found.aws.snapshot()
        return explore_reduced(actors, prepare=lambda: found.aws.restore(start), check=check)
    finally:
        found.aws.restore(empty)
