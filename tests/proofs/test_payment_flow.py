"""Crashes, lost callbacks, lost wake-ups: the sweeper alone brings a payment to the same money."""

from collections.abc import Callable, Iterator

import pytest

from tests.proofs.invariants import check_books, check_paid, told
from tests.proofs.phases import crash_everywhere, insist, warm_town
from tests.support.orders import close, create, get, open_order, pay, payment_of
from tests.support.town import Town


@pytest.fixture(scope="module")
def place() -> Iterator[Town]:
    """One town for all phases; each case starts from a snapshot of it."""
    with warm_town() as found:
        yield found


def finish(found: Town, order_id: str) -> None:
    """The guest's app and the till repeat what was not answered; else only the sweeper works."""
    insist(lambda: pay(found, order_id))
    found.sweep_alone(rounds=2)
    insist(lambda: close(found, order_id))
    found.sweep_alone(rounds=6)


def heal(found: Town, order_id: str, flow: Callable[[], object]) -> None:
    crash_everywhere(
        found,
        found.aws.snapshot(),
        flow,
        recover=lambda: finish(found, order_id),
        check=lambda: check_paid(found, order_id),
    )


def test_a_crash_anywhere_in_create_leaves_one_order_or_none(place: Town) -> None:
    start = place.aws.snapshot()

    def repeat() -> None:
        insist(lambda: create(place, external_order_id="crashed"))

    def one() -> None:
        rows = place.rows("qr_orders-orders")
        found = [row for row in rows if row["external_order_id"] == "crashed"]
        assert len(found) == 1
        check_books(place, found[0]["order_id"])

    crash_everywhere(place, start, repeat, recover=repeat, check=one)
    place.aws.restore(start)


def test_a_crash_anywhere_in_start_payment_is_healed(place: Town) -> None:
    order_id = open_order(place, external_order_id="pay")
    heal(place, order_id, lambda: insist(lambda: pay(place, order_id)))


def test_a_crash_anywhere_in_the_hold_is_healed(place: Town) -> None:
    order_id = open_order(place, external_order_id="hold")
    pay(place, order_id)
    heal(place, order_id, lambda: place.settle(rounds=2))


def test_a_crash_anywhere_in_closing_is_healed(place: Town) -> None:
    order_id = open_order(place, external_order_id="close")
    pay(place, order_id)
    place.settle(rounds=2)
    heal(place, order_id, lambda: insist(lambda: close(place, order_id)))


def test_a_crash_anywhere_from_clear_to_receipt_is_healed(place: Town) -> None:
    order_id = open_order(place, external_order_id="clear")
    pay(place, order_id)
    place.settle(rounds=2)
    close(place, order_id)
    heal(place, order_id, lambda: place.settle(rounds=5, seconds=4))


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
