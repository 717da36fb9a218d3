"""functions/scooters_payments/tasks/close_left_open.py: no hold is forgotten (SD-27, D4)."""

import pytest

from tests.support.rides import Rides

HOURS = 3600


def left(place: Rides, state: str | None) -> None:
    place.start()
    place.settle(3)
    if state is not None:
        place.ride(state)
    place.pass_time(4 * HOURS + 60)
    place.sweep()
    place.deliver()


@pytest.mark.parametrize("state", ["finished", "cancelled", None])
def test_a_deposit_without_a_ride_goes_back(place: Rides, state: str | None) -> None:
    left(place, state)
    place.settle(5)
    assert (place.status(), place.ledger()["open"]) == ("released", 0)
    assert place.deposit()["ended_by"] == "left_open"
    assert (place.tasks(), place.counted("DepositOpenTooLong")) == ([], 1)


@pytest.mark.parametrize("state", ["booked", "riding", "parked"])
def test_a_ride_that_goes_on_is_asked_about_again(place: Rides, state: str) -> None:
    left(place, state)
    assert place.status() == "held"
    place.ride("finished")
    place.pass_time(HOURS + 60)
    place.sweep()
    place.deliver()
    place.settle(5)
    assert place.status() == "released"


def test_a_sessions_service_that_is_down_is_asked_again(place: Rides) -> None:
    place.take_down("sessions")
    left(place, "finished")
    assert place.status() == "held"
    place.take_down("sessions", 0)
    place.pass_time(400)
    place.sweep()
    place.deliver()
    place.settle(5)
    assert place.status() == "released"


def test_a_hold_that_the_bank_took_back_is_told_of(place: Rides) -> None:
    """Somebody else let the money go: no invoice of a ride may be cancelled unseen (SD-32)."""
    from shared.http_event import event

    place.start()
    place.settle(3)
    for call, body in (
        ("update", {"operation_id": "x", "version": 2, "items": []}),
        ("clear", {"operation_id": "y"}),
    ):
        route = f"/transactions/v1/invoices/{{invoice_id}}/{call}"
        asked = event("POST", route, path={"invoice_id": "s1-1"}, body=body)
        assert place.town.call("sandbox", "transactions", asked)[0] == 200
    place.ride("riding")
    place.pass_time(4 * HOURS + 60)
    place.sweep()
    place.deliver()

    assert (place.status(), place.counted("DepositNotHeld")) == ("hold_expired", 1)
    assert place.check()[1]["reason"] == "hold_expired"
    place.finish()
    place.settle(3)
    assert place.status() == "released"


def test_a_rule_to_wait_for_payment_ends_when_the_session_is_over(place: Rides) -> None:
    left(place, "finished")
    assert place.status() == "releasing"
