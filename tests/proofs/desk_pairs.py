"""Two at once at a purchase, in the orders of their remote calls that matter (appendix B)."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from local.cash_desk import Told
from tests.proofs.desk_flows import AMOUNT, PART, TRN, Case
from tests.proofs.desk_invariants import check_books, check_quiet, check_told
from tests.support import calls, footprint
from tests.support.checkout import SERVICE, UNKNOWN, Checkout
from tests.support.interleave import Exploration, explore_reduced
from tests.support.stage import Outcome

Actor = Callable[[], object]
Check = Callable[[Sequence[Outcome]], object]
# Leads to the start; the two actors, and the check of how they ended.
Pair = Callable[[Case], tuple[list[Actor], Check]]

_OUTSIDE: Final = footprint.writing(("http",))


def _told(outcome: Outcome) -> Told:
    found = outcome.result()
    assert isinstance(found, Told), found
    assert found.status == 200, found
    return found


def _results(outcomes: Sequence[Outcome]) -> list[int]:
    return [_told(outcome).result for outcome in outcomes]


def _task(case: Case) -> Actor:
    (task_id,) = case.here.tasks()
    return lambda: case.here.check(task_id)


def _accepts(case: Case) -> Actor:
    """The driver's app is another program: its one call has a place among ours."""
    act = partial(case.here.drives, TRN, "accept")
    return lambda: calls.point("http", "accept", act, touches=_OUTSIDE)


def _known(case: Case, told: Sequence[Told], *, reversed_: bool = False) -> str:
    """Lets everything come to its end; the state then, on which both books agree."""
    check_books(case.here)
    case.here.settle()
    check_quiet(case.here)
    check_told(case.here, TRN, told, reversed_=reversed_)
    return case.state()


def _unknown(case: Case) -> None:
    case.here.take_down(1)
    assert case.authorize().result == 51
    case.here.clock.advance(5)


def _waiting(case: Case) -> None:
    case.qr = "YM1.accept"
    assert case.authorize().result == 1
    case.here.clock.advance(5)


def _paid(case: Case) -> None:
    assert case.authorize().paid


def authorize_authorize(case: Case) -> tuple[list[Actor], Check]:
    def check(outcomes: Sequence[Outcome]) -> None:
        told = [_told(one) for one in outcomes]
        assert {one.result for one in told} <= {0, 51}
        assert len({one.body["ya_transaction_id"] for one in told}) == 1
        assert _known(case, told) == "PAID"

    return [case.authorize, case.authorize], check


def authorize_conflict(case: Case) -> tuple[list[Actor], Check]:
    def check(outcomes: Sequence[Outcome]) -> None:
        first, other = _results(outcomes)
        assert sorted((first, other)) in ([0, 30], [30, 51])
        assert _known(case, []) == "PAID"
        assert case.here.balance(TRN) == (AMOUNT if other == 30 else 60000)

    other = partial(case.here.desk.authorize, TRN, "YM1.ok", "600.00")
    return [case.authorize, other], check


def authorize_reverse(case: Case) -> tuple[list[Actor], Check]:
    """Whoever is first: it has not happened, and nothing is charged."""

    def check(outcomes: Sequence[Outcome]) -> None:
        authorized, reversed_ = (_told(one) for one in outcomes)
        assert authorized.result in {0, 32, *UNKNOWN}
        assert reversed_.result in {0, *UNKNOWN}
        assert _known(case, [authorized], reversed_=True) == "REVERSED"
        assert case.here.balance(TRN) == 0

    return [case.authorize, case.reverse], check


def authorize_task(case: Case) -> tuple[list[Actor], Check]:
    _unknown(case)

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _told(outcomes[0]).result in {0, 51}
        assert _known(case, [_told(outcomes[0])]) == "PAID"

    return [case.authorize, _task(case)], check


def reverse_reverse(case: Case) -> tuple[list[Actor], Check]:
    _paid(case)

    def check(outcomes: Sequence[Outcome]) -> None:
        assert set(_results(outcomes)) <= {0, 51}
        assert _known(case, [], reversed_=True) == "REVERSED"

    return [case.reverse, case.reverse], check


def reverse_task(case: Case) -> tuple[list[Actor], Check]:
    """The payment's existence is not known yet, and both want to know."""
    _unknown(case)

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _told(outcomes[0]).result in {0, 51}
        assert _known(case, [], reversed_=True) == "REVERSED"

    return [case.reverse, _task(case)], check


def reverse_status(case: Case) -> tuple[list[Actor], Check]:
    """The driver has accepted: a status may still say so, and never after the reversal."""
    _waiting(case)
    assert case.here.drives(TRN, "accept")[0] == 200

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _told(outcomes[1]).state in {"WAITING", "PAID", "REVERSED"}
        assert _known(case, [_told(outcomes[1])], reversed_=True) == "REVERSED"

    return [case.reverse, case.status], check


def reverse_accept(case: Case) -> tuple[list[Actor], Check]:
    _waiting(case)

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _told(outcomes[0]).result in {0, 51}
        assert _known(case, [], reversed_=True) == "REVERSED"
        assert case.here.balance(TRN) == 0

    return [case.reverse, _accepts(case)], check


def expire_accept(case: Case) -> tuple[list[Actor], Check]:
    """A payments service that keeps no time of its own: our cancel meets a late acceptance."""
    case.patience_s = 15
    _waiting(case)
    case.here.forget_time(TRN)
    case.here.clock.advance(10)
    watch = _task(case)

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _known(case, []) in {"PAID", "EXPIRED"}

    return [watch, _accepts(case)], check


def expire_status(case: Case) -> tuple[list[Actor], Check]:
    """The driver has accepted in time; the task and a status learn it at the very end."""
    case.patience_s = 15
    _waiting(case)
    assert case.here.drives(TRN, "accept")[0] == 200
    case.here.clock.advance(10)

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _known(case, [_told(outcomes[1])]) == "PAID"

    return [_task(case), case.status], check


def status_task(case: Case) -> tuple[list[Actor], Check]:
    _waiting(case)
    assert case.here.drives(TRN, "accept")[0] == 200

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _told(outcomes[0]).paid
        assert _known(case, [_told(outcomes[0])]) == "PAID"

    return [case.status, _task(case)], check


def task_task(case: Case) -> tuple[list[Actor], Check]:
    """The same wake-up twice."""
    _unknown(case)

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _known(case, []) == "PAID"

    return [_task(case), _task(case)], check


def task_sweep(case: Case) -> tuple[list[Actor], Check]:
    _unknown(case)
    case.here.clock.advance(20)

    def check(outcomes: Sequence[Outcome]) -> None:
        case.here.deliver()
        assert _known(case, []) == "PAID"

    return [_task(case), case.here.sweep], check


def task_zombie(case: Case) -> tuple[list[Actor], Check]:
    """The first worker's lease ends while it lives; a second one is woken."""
    _unknown(case)
    work, clock = _task(case), case.here.clock
    tasks = footprint.writing(("dynamodb", f"test-{SERVICE}-tasks"))

    def later() -> None:
        calls.point("clock", "advance", lambda: clock.advance(75), touches=tasks)
        work()

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _known(case, []) == "PAID"

    return [work, later], check


def refund_refund(case: Case) -> tuple[list[Actor], Check]:
    """Two numbers, together more than was paid: the room is there for one."""
    _paid(case)

    def check(outcomes: Sequence[Outcome]) -> None:
        assert sorted(_results(outcomes)) == [0, 34]
        assert _known(case, []) == "PARTIALLY_REFUNDED"
        assert case.here.balance(TRN) == AMOUNT - 30000

    first = partial(case.refund, "R1", "300.00")
    return [first, partial(case.refund, "R2", "300.00")], check


def refund_refund_whole(case: Case) -> tuple[list[Actor], Check]:
    """Two numbers, together all that was paid."""
    _paid(case)

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _results(outcomes) == [0, 0]
        assert _known(case, []) == "REFUNDED"
        assert case.here.balance(TRN) == 0

    first = partial(case.refund, "R1", "300.00")
    return [first, partial(case.refund, "R2", "200.00")], check


def refund_same(case: Case) -> tuple[list[Actor], Check]:
    _paid(case)

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _results(outcomes) == [0, 0]
        assert _known(case, []) == "PARTIALLY_REFUNDED"
        assert case.here.balance(TRN) == AMOUNT - PART

    return [case.refund, case.refund], check


def refund_task(case: Case) -> tuple[list[Actor], Check]:
    """The desk repeats a refund while its task is at it."""
    _paid(case)
    case.here.take_down(1)
    assert case.refund().result == 51
    case.here.clock.advance(5)

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _told(outcomes[0]).result == 0
        assert _known(case, []) == "PARTIALLY_REFUNDED"
        assert case.here.balance(TRN) == AMOUNT - PART

    return [case.refund, _task(case)], check


def reverse_refund(case: Case) -> tuple[list[Actor], Check]:
    """All of it goes back, or a part: never both."""
    _paid(case)

    def check(outcomes: Sequence[Outcome]) -> None:
        reversed_, refunded = _results(outcomes)
        assert (reversed_ in {0, 51}) is (refunded not in {0, 51})
        state = _known(case, [], reversed_=True)
        assert state == ("PARTIALLY_REFUNDED" if refunded in {0, 51} else "REVERSED")
        assert case.here.balance(TRN) == (AMOUNT - PART if refunded in {0, 51} else 0)

    return [case.reverse, case.refund], check


PAIRS: Final = (
    *(authorize_authorize, authorize_conflict, authorize_reverse, authorize_task),
    *(reverse_reverse, reverse_task, reverse_status, reverse_accept),
    *(expire_accept, expire_status, status_task, task_task, task_sweep, task_zombie),
    *(refund_refund, refund_refund_whole, refund_same, refund_task, reverse_refund),
)


def race(found: Checkout, pair: Pair) -> Exploration:
    """Every order that matters; whoever won, both books agree in the end."""
    empty = found.aws.snapshot()
    case = Case(found)
    actors, check = pair(case)
    start = found.aws.snapshot()
    try:
        return explore_reduced(actors, prepare=lambda: found.aws.restore(start), check=check)
    finally:
        found.aws.restore(empty)
