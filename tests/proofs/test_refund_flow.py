"""Crashes, lost callbacks, lost wake-ups: a refund gives back its amount once, with one receipt."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.proofs.invariants import check_books, ledger
from tests.proofs.phases import ALL, crash_everywhere, warm_town
from tests.proofs.refunds import (
    SOUP,
    SOUP_MINOR,
    STEAK,
    STEAK_MINOR,
    check_given_back,
    cleared,
    insist,
    warm,
)
from tests.support.orders import TOTAL_MINOR, payment_of, refund
from tests.support.town import Town


@pytest.fixture(scope="module")
def place() -> Iterator[Town]:
    with warm_town() as found:
        warm(found)
        yield found


def asked(place: Town, order_id: str) -> Callable[[], object]:
    return lambda: insist(lambda: refund(place, order_id, "rf-1", 1, items=SOUP))


def heal(place: Town, order_id: str, flow: Callable[[], object]) -> None:
    def recover() -> None:
        asked(place, order_id)()
        place.sweep_alone(rounds=6)

    def check() -> None:
        check_given_back(place, order_id, SOUP_MINOR)

    crash_everywhere(place, place.aws.snapshot(), flow, recover, check)


def test_a_crash_anywhere_in_asking_for_a_refund_is_healed(place: Town) -> None:
    order_id = cleared(place, "refund-ask")
    heal(place, order_id, asked(place, order_id))


def test_a_crash_anywhere_from_refund_to_receipt_is_healed(place: Town) -> None:
    """As far as the receipt is asked for: its rendering is a payment's, and proven there."""
    order_id = cleared(place, "refund-send")
    asked(place, order_id)()
    heal(place, order_id, lambda: place.settle(rounds=5 if ALL else 1, seconds=4))


def test_a_lost_callback_and_every_lost_message_are_made_good(place: Town) -> None:
    order_id = cleared(place, "refund-lost", "card-callback-lost")
    asked(place, order_id)()
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
    asked(place, order_id)()
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
