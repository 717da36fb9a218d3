"""functions/scooters_payments/tasks/release.py: until the engine holds nothing (SD-09, M12)."""

import pytest

from tests.support.rides import AMOUNT, Rides


def finished(place: Rides) -> None:
    place.start()
    place.settle(3)
    place.finish()


def test_an_engine_that_is_down_for_long_is_told_of_and_tried_on(place: Rides) -> None:
    finished(place)
    place.take_down("transactions")
    place.settle(90)
    assert place.status() == "release_failed"
    assert place.counted("DepositReleaseFailed") >= 1
    assert place.finish() == (200, {"status": "releasing"})

    place.take_down("transactions", 0)
    place.settle(90)
    assert (place.status(), place.ledger()["voided"]) == ("released", AMOUNT)
    assert place.tasks() == []


def test_a_captured_deposit_is_never_taken_for_a_returned_one(place: Rides) -> None:
    """Nobody here asks for a capture; if the engine did one, people hear of it."""
    from shared.http_event import event

    place.start()
    place.settle(3)
    route = "/transactions/v1/invoices/{invoice_id}/clear"
    asked = event("POST", route, path={"invoice_id": "s1-1"}, body={"operation_id": "other"})
    assert place.town.call("sandbox", "transactions", asked)[0] == 200
    place.finish()
    place.settle(90)

    assert place.status() == "release_failed"
    assert place.deposit()["failure_code"] == "captured"


@pytest.mark.parametrize("card", ["card-callback-lost", "card-callback-dup"])
def test_the_money_goes_back_without_any_callback(place: Rides, card: str) -> None:
    place.start(card=card)
    place.settle(12)
    place.finish()
    place.settle(20)
    assert (place.status(), place.ledger()["open"]) == ("released", 0)


def test_a_deposit_that_is_wanted_is_not_touched(place: Rides) -> None:
    place.start()
    place.settle(3)
    place.message("transactions_callback", {"event_id": "e", "invoice_id": "s1-1"})
    place.wake("release", "s1-1")
    place.settle(3)
    assert (place.status(), place.ledger()["open"]) == ("held", AMOUNT)
