"""functions/scooters_payments/payment_finish.py: the deposit goes back, whenever it is asked."""

from tests.support.rides import AMOUNT, Rides

RELEASING = (200, {"status": "releasing"})
RELEASED = (200, {"status": "released"})
NOT_REQUIRED = (200, {"status": "not_required"})


def test_a_held_deposit_goes_back_and_a_repeat_changes_nothing(place: Rides) -> None:
    place.start()
    place.settle(3)
    assert (place.finish(), place.finish()) == (RELEASING, RELEASING)
    place.settle(5)

    assert place.finish() == RELEASED
    assert (place.status(), place.tasks()) == ("released", [])
    assert place.ledger() == {"held": AMOUNT, "cleared": 0, "voided": AMOUNT, "open": 0}
    names = [row["name"] for row in place.journal()]
    assert names == ["started", "holding", "held", "releasing", "released"]


def test_a_hold_in_flight_goes_back_as_soon_as_it_is_there(place: Rides) -> None:
    place.start(card="card-slow-65")
    place.deliver()
    assert place.finish() == RELEASING
    place.settle(80)

    books = place.ledger()
    assert (books["held"], books["voided"], place.status()) == (AMOUNT, AMOUNT, "released")


def test_a_cancelled_booking_goes_the_same_way_before_anything_was_sent(place: Rides) -> None:
    place.start()
    place.aws.lose_messages()
    assert place.finish(reason="booking_cancelled") == RELEASING
    place.sweep_alone()

    assert (place.status(), place.ledger()["held"]) == ("released", 0)
    assert place.deposit()["ended_by"] == "booking_cancelled"


def test_a_finish_without_a_start_leaves_a_tombstone(place: Rides) -> None:
    assert place.finish() == NOT_REQUIRED
    assert place.finish() == NOT_REQUIRED
    assert place.status() == "finished"


def test_a_declined_or_skipped_deposit_needs_no_return(place: Rides) -> None:
    place.start(card="card-fraud")
    place.settle(3)
    assert place.finish() == NOT_REQUIRED
    place.start("s2", deposit={"amount": "0.00", "currency": "RUB"})
    assert place.finish("s2") == NOT_REQUIRED
    assert (place.status(), place.status("s2")) == ("finished", "skipped")
