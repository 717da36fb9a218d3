"""The order pairs of RELIABILITY appendix B: where each begins, the two that meet, who wins."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.proofs import acts, states
from tests.proofs.acts import Act
from tests.proofs.invariants import check_settled, ledger
from tests.proofs.refunds import SOUP_MINOR, STEAK_MINOR
from tests.proofs.states import State
from tests.support.interleave import Exploration, explore_reduced
from tests.support.orders import TOTAL_MINOR, get, payment_of
from tests.support.stage import Outcome
from tests.support.town import Town

# Of the two answers, in the order of the pair.
Check = Callable[[Town, str, Sequence[Any]], object]


def nothing_more(_place: Town, _order_id: str, _answers: Sequence[Any]) -> None:
    """The books alone say whether it went well."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`at_once` is asked when both have ended, `at_last` when nothing is under way any more."""

    state: State
    first: Act
    second: Act
    at_once: Check = nothing_more
    at_last: Check = nothing_more

    def __str__(self) -> str:
        return "-".join(act.__name__ for act in (self.state, self.first, self.second))


def one_guest_pays(place: Town, order_id: str, answers: Sequence[Any]) -> None:
    """The other one is told, and one invoice was asked to hold."""
    (paid, _), (refused, why) = sorted(answers, key=lambda each: each[0])
    assert (paid, refused, why["code"]) == (200, 409, "already_paying")
    invoices = [row for row in place.rows("sandbox-invoices") if order_id in row["invoice_id"]]
    assert [json.loads(row["state"])["version"] for row in invoices] == [1]


def both_are_told_yes(_place: Town, _order_id: str, answers: Sequence[Any]) -> None:
    assert [status for status, _ in answers] == [200, 200]


def one_bill(payment: str) -> Check:
    """The whole bill was moved once, as far as `payment` says."""

    def check(place: Town, order_id: str, _answers: Sequence[Any]) -> None:
        assert payment_of(place, order_id) == payment
        books = ledger(place, f"{order_id}-1")
        assert (books["held"], books[payment]) == (TOTAL_MINOR, TOTAL_MINOR)

    return check


def guest_has_his_way(place: Town, order_id: str, answers: Sequence[Any]) -> None:
    """Who was told yes is not expired, who was told no has not paid."""
    paid = acts.state_of(place, order_id)[0] in ("init", "holding", "held")
    assert (answers[0][0] == 200) is paid


def guest_is_in_time(place: Town, order_id: str, answers: Sequence[Any]) -> None:
    guest_has_his_way(place, order_id, answers)
    assert acts.state_of(place, order_id) != ("expired", "expired")


def basket_is_in_time(place: Town, order_id: str, answers: Sequence[Any]) -> None:
    assert answers[0][0] == 200
    assert acts.state_of(place, order_id) != ("expired", "expired")
    assert acts.tasks_of(place, order_id) == [f"qr_order_expired#{order_id}"]


def mark_keeps_alive(place: Town, order_id: str, _answers: Sequence[Any]) -> None:
    (row,) = [row for row in place.rows("qr_orders-orders") if row["order_id"] == order_id]
    alive = acts.state_of(place, order_id) == ("new", "open")
    assert ("last_polled_at" in row) is alive


def one_refund_refused(_place: Town, _order_id: str, answers: Sequence[Any]) -> None:
    (done, _), (refused, why) = sorted(answers, key=lambda each: each[0])
    assert (done, refused, why["code"]) == (202, 409, "refund_in_progress")


def one_refund_twice(_place: Town, _order_id: str, answers: Sequence[Any]) -> None:
    (first, told), (second, again) = answers
    assert (first, second) == (202, 202)
    assert told == again


def refunded(minor: int) -> Check:
    """So much went back, in the engine's books as in ours."""

    def check(place: Town, order_id: str, _answers: Sequence[Any]) -> None:
        assert payment_of(place, order_id) == "partially_refunded"
        assert ledger(place, f"{order_id}-1")["refunded"] == minor

    return check


def refunded_if_cleared(place: Town, order_id: str, answers: Sequence[Any]) -> None:
    """Never money that was not cleared (O14)."""
    status, body = answers[0]
    assert (status, body.get("code")) in ((202, None), (409, "not_cleared"))
    wanted = SOUP_MINOR if status == 202 else 0
    assert ledger(place, f"{order_id}-1")["refunded"] == wanted


def cashback(shown: str) -> Check:
    def check(place: Town, order_id: str, _answers: Sequence[Any]) -> None:
        assert get(place, order_id)["cashback"] == shown

    return check


PAIRS: Final[Sequence[Pair]] = (
    Pair(states.new, acts.paying, acts.rivalling, one_guest_pays, one_bill("held")),
    Pair(states.new, acts.paying, acts.paying, both_are_told_yes, one_bill("held")),
    Pair(states.new, acts.paying, acts.replacing),
    Pair(states.new, acts.paying, acts.news),
    Pair(states.new, acts.paying, acts.expiring),
    Pair(states.new, acts.paying, acts.cancelling),
    Pair(states.holding, acts.watching, acts.cancelling),
    Pair(states.holding, acts.news, acts.sweeping),
    Pair(states.holding, acts.news, acts.news),
    Pair(states.holding, acts.news, acts.next_news),
    Pair(states.holding, acts.watching, acts.watching, at_last=one_bill("held")),
    Pair(states.holding, acts.watching, acts.news, at_last=one_bill("held")),
    Pair(states.holding, acts.watching, acts.sweeping),
    Pair(states.holding, acts.watching, acts.succeeding),
    Pair(states.holding, acts.sweeping, acts.sweeping),
    Pair(states.held, acts.closing, acts.closing, both_are_told_yes, one_bill("cleared")),
    Pair(states.held, acts.closing, acts.cancelling),
    Pair(states.held, acts.news, acts.closing),
    Pair(states.closed, acts.clearer, acts.clearer),
    Pair(states.closed, acts.clearer, acts.watching),
    Pair(states.closed, acts.clearer, acts.news),
    Pair(states.declined, acts.paying, acts.news),
    Pair(states.declined, acts.paying, acts.cancelling),
    Pair(
        *(states.paid, acts.refunding_most, acts.refunding_most_too),
        at_once=one_refund_refused,
        at_last=refunded(acts.MOST_MINOR),
    ),
    Pair(
        *(states.paid, acts.refunding_most, acts.refunding_most),
        at_once=one_refund_twice,
        at_last=refunded(acts.MOST_MINOR),
    ),
    Pair(states.clearing, acts.refunding, acts.watching, at_last=refunded_if_cleared),
    Pair(states.closed, acts.refunding, acts.clearer, at_last=refunded_if_cleared),
    Pair(states.refund_asked, acts.sender, acts.sender, at_last=refunded(SOUP_MINOR)),
    Pair(states.refund_watched, acts.sender, acts.watching, at_last=refunded(SOUP_MINOR)),
    Pair(states.refund_sent, acts.watching, acts.next_news, at_last=refunded(SOUP_MINOR)),
    Pair(
        *(states.second_refund_sent, acts.next_news, acts.newest_news),
        at_last=refunded(SOUP_MINOR + STEAK_MINOR),
    ),
    Pair(states.overwritten, acts.sender, acts.sender, at_last=refunded(20000 + SOUP_MINOR)),
    Pair(states.a_moment_before, acts.paying, acts.expire, guest_is_in_time),
    Pair(states.a_moment_before, acts.replacing_hasty, acts.expire, basket_is_in_time),
    Pair(states.at_the_end, acts.paying, acts.expire, guest_has_his_way),
    Pair(states.in_payment_at_the_end, acts.expire, acts.news),
    Pair(states.in_payment_at_the_end, acts.expire, acts.watching),
    Pair(states.paid_at_the_end, acts.expire, acts.closing),
    Pair(states.paid_at_the_end, acts.expire, acts.expire),
    Pair(states.silent, acts.paying, acts.checking, guest_has_his_way),
    Pair(states.silent, acts.polling, acts.checking, mark_keeps_alive),
    Pair(states.ticketed, acts.crediting, acts.crediting, at_last=cashback("78.00")),
    Pair(states.credits_due, acts.telling, acts.telling, at_last=cashback("156.00")),
    Pair(states.credits_due, acts.telling, acts.telling_too, at_last=cashback("156.00")),
)


def play_pair(place: Town, pair: Pair) -> Exploration:
    """Every order that matters; whoever won, the books agree in the end."""
    begin = place.aws.snapshot()
    order_id = pair.state(place)
    start = place.aws.snapshot()

    def check(outcomes: Sequence[Outcome]) -> None:
        answers: list[Any] = [outcome.result() for outcome in outcomes]
        assert not [each for each in answers if isinstance(each, tuple) and each[0] >= 500]
        pair.at_once(place, order_id, answers)
        place.settle(rounds=4)
        place.sweep_alone(rounds=2)
        check_settled(place, order_id)
        pair.at_last(place, order_id, answers)

    try:
        return explore_reduced(
            [lambda: pair.first(place, order_id), lambda: pair.second(place, order_id)],
            prepare=lambda: place.aws.restore(start),
            check=check,
        )
    finally:
        place.aws.restore(begin)
