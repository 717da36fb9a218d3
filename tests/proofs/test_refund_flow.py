"""Crashes, lost callbacks, lost wake-ups: a refund gives back its amount once, with one receipt."""

from typing import Any

from tests.proofs import acts
from tests.proofs.invariants import check_books, ledger
from tests.proofs.refunds import (
    SOUP,
    SOUP_MINOR,
    STEAK,
    STEAK_MINOR,
    check_given_back,
    cleared,
    foreign,
)
from tests.support.orders import TOTAL_MINOR, payment_of, refund
from tests.support.town import Town


def test_a_lost_callback_and_every_lost_message_are_made_good(place: Town) -> None:
    order_id = cleared(place, "refund-lost", "card-callback-lost")
    assert refund(place, order_id, "rf-1", 1, items=SOUP)[0] == 202
    place.sweep_alone(rounds=6)
    check_given_back(place, order_id, SOUP_MINOR)


def test_refunds_one_after_another_give_everything_back(place: Town) -> None:
    order_id = cleared(place, "refund-all")
    wishes: list[dict[str, Any]] = [{"items": SOUP}, {"items": STEAK}, {"full": True}]
    for number, wish in enumerate(wishes, start=1):
        status, body = refund(place, order_id, f"rf-{number}", number, **wish)
        assert (status, body["version"]) == (202, number + 1)
        place.settle(rounds=8)
    rest = TOTAL_MINOR - SOUP_MINOR - STEAK_MINOR
    check_given_back(place, order_id, SOUP_MINOR, STEAK_MINOR, rest)
    status, body = refund(place, order_id, "rf-4", 4, full=True)
    assert (status, body["code"]) == (422, "over_refund")


def test_a_refund_that_fails_twice_is_reserved_alarmed_and_given_back_at_last(place: Town) -> None:
    order_id = cleared(place, "refund-fails", "card-refund-fails-2x")
    assert refund(place, order_id, "rf-1", 1, items=SOUP)[0] == 202
    place.settle(rounds=4)
    assert payment_of(place, order_id) == "refund_failed"
    check_books(place, order_id)
    refused = refund(place, order_id, "rf-2", 2, items=STEAK)
    assert (refused[0], refused[1]["code"]) == (409, "refund_in_progress")
    place.sweep_alone(rounds=12)
    check_given_back(place, order_id, SOUP_MINOR)
    assert ledger(place, f"{order_id}-1")["refunded"] == SOUP_MINOR


def test_an_engine_that_breaks_at_this_total_leaves_the_refund_under_way(place: Town) -> None:
    order_id = cleared(place, "refund-breaks")
    broken = [{"id": "2", "amount": "0.87"}]  # 1570.00 - 0.87 ends .13
    assert refund(place, order_id, "rf-1", 1, items=broken)[0] == 202
    place.sweep_alone(rounds=3)
    assert payment_of(place, order_id) == "refunding"
    check_books(place, order_id)
    refused = refund(place, order_id, "rf-2", 2, items=STEAK)
    assert (refused[0], refused[1]["code"]) == (409, "refund_in_progress")


def test_a_refund_that_no_longer_fits_is_refused_and_alarmed(place: Town) -> None:
    order_id = cleared(place, "refund-over")
    everything = [{"id": "1", "amount": "800.00"}]
    refund(place, order_id, "a", 1, items=everything)
    foreign(place, order_id, 2, "600.00")
    acts.sender(place, order_id)
    assert payment_of(place, order_id) == "refund_failed"
    assert ledger(place, f"{order_id}-1")["refunded"] == 20000
    place.sweep_alone(rounds=3)
    assert payment_of(place, order_id) == "refund_failed"
    assert ledger(place, f"{order_id}-1")["refunded"] == 20000 < TOTAL_MINOR
