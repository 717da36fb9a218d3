"""Two at once in a park, in the orders of their remote calls that matter (appendix B)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from fleet_payment_systems.model import Limits
from tests.proofs.fleet_flows import ALL, AMOUNT, TXN, Case, opened
from tests.proofs.fleet_invariants import (
    LATER,
    SUCCESS,
    check_books,
    check_quiet,
    check_told,
    credited,
)
from tests.support import calls
from tests.support.interleave import Exploration, explore
from tests.support.intrinsics import Json
from tests.support.park import ACCOUNT, Park
from tests.support.stage import Outcome
from tests.support.wallets import som

Actor = Callable[[], object]
Check = Callable[[Sequence[Outcome]], object]


@dataclass(frozen=True, slots=True)
class Pair:
    """`make` leads to the start and gives the actors and the check of how they ended.

    `bound`: how many preemptions the short form tries.
    """

    name: str
    make: Callable[[Case], tuple[list[Actor], Check]]
    bound: int = 2


def _told(outcomes: Sequence[Outcome]) -> list[str]:
    return [str(_json(outcome)["result"]) for outcome in outcomes]


def _json(outcome: Outcome) -> Json:
    found = outcome.result()
    assert isinstance(found, dict)
    return found


def _pay(case: Case, **said: str) -> Actor:
    request = {"txn": TXN, "account": ACCOUNT, "amount": "10.00"} | said
    return lambda: case.park.ask(case.link, "pay", **request)


def _count(case: Case) -> int:
    with calls.outside():
        return len(case.park.transactions())


def _one_credit(case: Case, pays: Sequence[Json]) -> None:
    """At most one, and exactly one when success was told; "later" is asked again first."""
    park = case.park
    check_books(park)
    again = park.insist(case.link, "pay", txn=TXN, account=ACCOUNT, amount="10.00")
    park.sweep_alone()
    check_quiet(park)
    check_told(park, TXN, [*pays, again])
    assert credited(park, TXN) == AMOUNT


def pay_pay(case: Case) -> tuple[list[Actor], Check]:
    def check(outcomes: Sequence[Outcome]) -> None:
        assert set(_told(outcomes)) <= SUCCESS
        assert _told(outcomes).count("ok") == 1
        _one_credit(case, [_json(one) for one in outcomes])

    return [_pay(case), _pay(case)], check


def old_link_new_link(case: Case) -> tuple[list[Actor], Check]:
    new = replace(case, link=case.park.add_link(case.link))
    _, check = pay_pay(case)
    return [_pay(case), _pay(new)], check


def pay_conflict(case: Case) -> tuple[list[Actor], Check]:
    def check(outcomes: Sequence[Outcome]) -> None:
        assert sorted(_told(outcomes)) == ["duplicate_conflict", "ok"]
        case.park.sweep_alone()
        check_quiet(case.park)
        wanted = 1000 if _told(outcomes)[0] == "ok" else 1100
        assert credited(case.park, TXN) == wanted

    return [_pay(case), _pay(case, amount="11.00")], check


def day_limit(case: Case) -> tuple[list[Actor], Check]:
    case.park.change(case.link, limits=Limits(daily=som(15)))

    def check(outcomes: Sequence[Outcome]) -> None:
        assert sorted(_told(outcomes)) == ["amount_too_large", "ok"]
        case.park.sweep_alone()
        check_quiet(case.park)
        assert [row["total"] for row in case.park.rows("days")] == [AMOUNT]

    return [_pay(case), _pay(case, txn="t-2")], check


def pay_cancel(case: Case) -> tuple[list[Actor], Check]:
    def check(outcomes: Sequence[Outcome]) -> None:
        pay, cancel = _told(outcomes)
        assert (pay, cancel) in {
            ("ok", "ok"),
            ("ok", "temporary_error"),
            ("already_cancelled", "txn_not_found"),
        }
        check_told(case.park, TXN, [_json(outcomes[0])])
        if cancel == "temporary_error":
            assert case.cancel_until_told() == "ok"
        case.park.sweep_alone()
        check_quiet(case.park)
        assert credited(case.park, TXN) == 0

    return [_pay(case), case.cancel], check


def _pay_against(case: Case, end: Actor, refusal: str) -> tuple[list[Actor], Check]:
    """Whoever pays after the end has committed is refused; whoever was told ok is credited."""

    def ending() -> object:
        end()
        return _count(case)

    def check(outcomes: Sequence[Outcome]) -> None:
        pay, then = _json(outcomes[0]), outcomes[1].result()
        assert pay["result"] in ("ok", refusal)
        assert _count(case) == then == (1 if pay["result"] == "ok" else 0)
        case.park.sweep_alone()
        check_quiet(case.park)
        assert credited(case.park, TXN) == (AMOUNT if pay["result"] == "ok" else 0)

    return [_pay(case), ending], check


def pay_revoke(case: Case) -> tuple[list[Actor], Check]:
    return _pay_against(case, lambda: case.park.revoke(case.link), "auth_failed")


def pay_disable(case: Case) -> tuple[list[Actor], Check]:
    def end() -> None:
        case.park.change(case.link, enabled=False)

    return _pay_against(case, end, "payment_forbidden")


def _same_task(case: Case) -> Actor:
    (task_id,) = case.park.tasks()
    return lambda: case.park.credit(task_id)


def _credited_once(case: Case) -> Check:
    def check(_outcomes: Sequence[Outcome]) -> None:
        check_books(case.park)
        case.park.sweep_alone()
        case.check(AMOUNT)

    return check


def credit_credit(case: Case) -> tuple[list[Actor], Check]:
    case.pay()
    return [_same_task(case), _same_task(case)], _credited_once(case)


def zombie_credit(case: Case) -> tuple[list[Actor], Check]:
    """The first worker's lease ends while it lives; the sweeper wakes a second one."""
    case.pay()
    work = _same_task(case)

    def later() -> None:
        case.park.sweep()
        case.park.aws.clock.advance(75)
        work()

    return [work, later], _credited_once(case)


def cancel_credit(case: Case) -> tuple[list[Actor], Check]:
    case.pay()

    def check(outcomes: Sequence[Outcome]) -> None:
        told = _json(outcomes[0])["result"]
        assert told in LATER | {"ok"}
        case.park.sweep_alone()
        if told in LATER:
            assert case.cancel_until_told() == "ok"
            case.park.sweep_alone()
        case.check(0)

    return [case.cancel, _same_task(case)], check


def cancel_cancel(case: Case) -> tuple[list[Actor], Check]:
    """Two reversals of a credited payment."""
    case.pay()
    case.park.deliver()

    def check(outcomes: Sequence[Outcome]) -> None:
        assert set(_told(outcomes)) <= LATER | {"ok", "already_cancelled"}
        assert _told(outcomes).count("ok") == 1
        case.park.sweep_alone()
        case.check(0)

    return [case.cancel, case.cancel], check


PAIRS: Final = (
    *(Pair(make.__name__, make) for make in (pay_pay, pay_cancel, pay_revoke, pay_disable)),
    Pair("old_link_new_link", old_link_new_link, bound=1),
    Pair("pay_conflict", pay_conflict, bound=1),
    Pair("day_limit", day_limit, bound=1),
    Pair("credit_credit", credit_credit),
    Pair("zombie_credit", zombie_credit, bound=1),
    Pair("cancel_credit", cancel_credit, bound=1),
    Pair("cancel_cancel", cancel_cancel, bound=1),
)


def pair_named(name: str) -> Pair:
    return next(pair for pair in PAIRS if pair.name == name)


def race(found: Park, pair: Pair) -> Exploration:
    """Every order within the pair's bound; with PROOFS=all every order there is."""
    empty = found.aws.snapshot()
    case = Case(found, opened(found))
    actors, check = pair.make(case)
    start = found.aws.snapshot()
    try:
        return explore(
            actors,
            prepare=lambda: found.aws.restore(start),
            check=check,
            max_schedules=100_000,
            preemption_bound=None if ALL else pair.bound,
        )
    finally:
        found.aws.restore(empty)
