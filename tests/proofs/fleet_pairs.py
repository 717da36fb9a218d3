"""Two at once in a park, in the orders of their remote calls that matter (appendix B)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from fleet_payment_systems.model import Limits
from tests.proofs.fleet_flows import AMOUNT, TXN, Case, opened
from tests.proofs.fleet_invariants import (
    LATER,
    SUCCESS,
    check_books,
    check_quiet,
    check_told,
    credited,
)
from tests.support import calls, footprint
from tests.support.interleave import Exploration, explore_reduced
from tests.support.intrinsics import Json
from tests.support.park import ACCOUNT, SERVICE, Park
from tests.support.stage import Outcome
from tests.support.wallets import som

Actor = Callable[[], object]
Check = Callable[[Sequence[Outcome]], object]


# Leads to the start; the two actors, and the check of how they ended.
Pair = Callable[[Case], tuple[list[Actor], Check]]


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
    """A look from outside, and so one more call, whose place among the others matters."""
    table = f"test-{SERVICE}-transactions"
    return calls.point(
        *("look", "transactions"),
        lambda: len(case.park.transactions()),
        touches=footprint.reading(("dynamodb", table)),
    )


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


def credit_sweep(case: Case) -> tuple[list[Actor], Check]:
    """The sweeper finds the task overdue while a late wake-up is at work; its own comes, too."""
    case.pay()
    case.park.aws.clock.advance(20)
    once = _credited_once(case)

    def check(outcomes: Sequence[Outcome]) -> None:
        case.park.deliver()
        once(outcomes)

    return [_same_task(case), case.park.sweep], check


def zombie_credit(case: Case) -> tuple[list[Actor], Check]:
    """The first worker's lease ends while it lives; a second one is woken.

    Of all that they do only the taking of the task looks at the time, and decides by it.
    """
    case.park.change(case.link, commission_rate=Decimal(0))
    case.pay()
    work, clock = _same_task(case), case.park.aws.clock
    tasks = footprint.writing(("dynamodb", f"test-{SERVICE}-tasks"))

    def later() -> None:
        calls.point("clock", "advance", lambda: clock.advance(75), touches=tasks)
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


def _second(case: Case, op: str) -> Actor:
    (row,) = case.park.transactions(txn=TXN)
    return lambda: case.park.ask(case.link, op, tx_id=row["tx_id"])


def _confirmed_once(case: Case, told: Json) -> None:
    assert told["result"] == "ok"
    assert case.second_until_told("confirm") == told
    case.park.sweep_alone()
    check_quiet(case.park)
    check_told(case.park, TXN, [told])
    assert credited(case.park, TXN) == AMOUNT


def payment_confirm(case: Case) -> tuple[list[Actor], Check]:
    """The first phase comes again, its answer having been lost, beside the second."""
    first = case.register()

    def check(outcomes: Sequence[Outcome]) -> None:
        repeat = _json(outcomes[0])
        assert (repeat["result"], repeat["tx_id"]) == ("duplicate", first["tx_id"])
        _confirmed_once(case, _json(outcomes[1]))

    return [case.register, _second(case, "confirm")], check


def payment_payment(case: Case) -> tuple[list[Actor], Check]:
    def check(outcomes: Sequence[Outcome]) -> None:
        assert sorted(_told(outcomes)) == ["duplicate", "ok"]
        assert len({_json(one)["tx_id"] for one in outcomes}) == 1
        _confirmed_once(case, case.second_until_told("confirm"))

    return [case.register, case.register], check


def confirm_confirm(case: Case) -> tuple[list[Actor], Check]:
    case.register()

    def check(outcomes: Sequence[Outcome]) -> None:
        first, second = map(_json, outcomes)
        assert first == second
        _confirmed_once(case, first)

    return [_second(case, "confirm"), _second(case, "confirm")], check


def confirm_cancel(case: Case) -> tuple[list[Actor], Check]:
    """Either it is credited, or it is let go and its confirm is told so. Without reversals."""
    case.park.change(case.link, allow_reversal=False)
    case.register()

    def check(outcomes: Sequence[Outcome]) -> None:
        confirm, cancel = _told(outcomes)
        if cancel == "temporary_error":
            cancel = str(case.second_until_told("withdraw")["result"])
        assert (confirm, cancel) in {("ok", "cancel_forbidden"), ("txn_not_found", "ok")}
        case.park.sweep_alone()
        check_quiet(case.park)
        assert credited(case.park, TXN) == (AMOUNT if confirm == "ok" else 0)

    return [_second(case, "confirm"), _second(case, "withdraw")], check


def confirm_forgotten(case: Case) -> tuple[list[Actor], Check]:
    """Its confirm comes when the time to wait for it is over."""
    case.register()
    case.forget()

    def check(outcomes: Sequence[Outcome]) -> None:
        confirm = _told(outcomes[:1])[0]
        assert confirm in {"ok", "txn_not_found"}
        case.park.sweep_alone()
        check_quiet(case.park)
        assert credited(case.park, TXN) == (AMOUNT if confirm == "ok" else 0)

    return [_second(case, "confirm"), _same_task(case)], check


def confirm_revoke(case: Case) -> tuple[list[Actor], Check]:
    """What was confirmed before the link ended is credited, what comes later is not."""
    case.register()
    other = case.park.add_link(case.link)

    def check(outcomes: Sequence[Outcome]) -> None:
        told = _told(outcomes[:1])[0]
        assert told in {"ok", "auth_failed", "temporary_error"}
        (row,) = case.park.transactions(txn=TXN)
        assert (row["step"] == "queued") is (told == "ok")
        again = case.park.insist(other, "confirm", tx_id=row["tx_id"])
        assert again["result"] == "ok"
        case.park.sweep_alone()
        case.check(AMOUNT)

    return [_second(case, "confirm"), lambda: case.park.revoke(case.link)], check


PAIRS: Final = (
    *(pay_pay, old_link_new_link, pay_conflict, day_limit),
    *(pay_cancel, pay_revoke, pay_disable),
    *(credit_credit, credit_sweep, zombie_credit),
    *(cancel_credit, cancel_cancel),
    *(payment_payment, payment_confirm, confirm_confirm),
    *(confirm_cancel, confirm_forgotten, confirm_revoke),
)


def race(found: Park, pair: Pair) -> Exploration:
    """Every order that matters; whoever won, the books agree in the end."""
    empty = found.aws.snapshot()
    case = Case(found, opened(found))
    actors, check = pair(case)
    start = found.aws.snapshot()
    try:
        return explore_reduced(actors, prepare=lambda: found.aws.restore(start), check=check)
    finally:
        found.aws.restore(empty)
