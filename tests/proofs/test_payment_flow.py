"""Crashes, lost callbacks, lost wake-ups: the sweeper alone brings a payment to the same money."""

import pytest

from tests.proofs.invariants import check_books, check_paid, told
from tests.support.orders import close, get, open_order, pay, payment_of
from tests.support.town import Town


def test_a_lost_callback_and_every_lost_message_are_made_good(place: Town) -> None:
    order_id = open_order(place, external_order_id="lost")
    assert pay(place, order_id, method="card-callback-lost")[0] == 200
    place.sweep_alone(rounds=2)
    assert payment_of(place, order_id) == "held"
    assert close(place, order_id)[0] == 200
    place.sweep_alone(rounds=6)
    check_paid(place, order_id)


def test_a_duplicated_callback_changes_nothing(place: Town) -> None:
    order_id = open_order(place, external_order_id="twice")
    assert pay(place, order_id, method="card-callback-dup")[0] == 200
    place.settle()
    assert close(place, order_id)[0] == 200
    place.settle()
    place.sweep_alone(rounds=3)
    check_paid(place, order_id)


def test_a_declined_card_holds_nothing_and_the_guest_is_told_once(place: Town) -> None:
    order_id = open_order(place, external_order_id="declined")
    assert pay(place, order_id, method="card-insufficient")[0] == 200
    place.settle()
    place.sweep_alone(rounds=2)
    assert payment_of(place, order_id) == "hold_failed"
    check_books(place, order_id)
    assert told(place, order_id) == ["payment_failed"]


@pytest.mark.parametrize("card", ["card-clear-fails-2x", "card-callback-reorder", "card-slow-65"])
def test_a_difficult_card_ends_as_any_other(place: Town, card: str) -> None:
    order_id = open_order(place, external_order_id=card)
    assert pay(place, order_id, method=card)[0] == 200
    place.settle(rounds=12, seconds=8)
    assert payment_of(place, order_id) == "held"
    assert close(place, order_id)[0] == 200
    place.settle(rounds=12, seconds=8)
    place.sweep_alone(rounds=4)
    check_paid(place, order_id)


def test_a_guest_who_never_confirms_3ds_pays_nothing(place: Town) -> None:
    order_id = open_order(place, external_order_id="3ds")
    assert pay(place, order_id, method="card-3ds")[0] == 200
    place.settle(rounds=2)
    assert get(place, order_id)["redirect_url"]
    place.sweep_alone(rounds=6)
    assert payment_of(place, order_id) == "hold_failed"
    assert get(place, order_id)["failure_code"] == "three_ds_failed"
    check_books(place, order_id)
