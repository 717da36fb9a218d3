"""functions/scooters_payments/tasks/ride_events.py: the bus tells the end of rides (SD-17)."""

import pytest

from tests.support.rides import Rides


@pytest.mark.parametrize("kind", ["ride_finished", "ride_paid"])
def test_the_end_of_a_ride_gives_its_deposit_back_once(place: Rides, kind: str) -> None:
    place.start()
    place.settle(3)
    place.tell(kind)
    place.tell(kind)
    place.settle(5)
    assert (place.status(), place.ledger()["open"]) == ("released", 0)
    assert [row["name"] for row in place.journal()].count("releasing") == 1


def test_an_end_before_the_start_is_remembered(place: Rides) -> None:
    place.tell("ride_finished")
    place.settle(1)
    assert place.start()[1]["reason"] == "finished"


def test_an_event_is_kept_until_it_is_done(place: Rides) -> None:
    place.start()
    place.settle(3)
    place.tell("ride_finished")
    (message,) = place._receive("scooters_payments_ride_events")
    place._handle("scooters_payments_ride_events", message)
    place.aws.lose_messages()
    assert "scooters_payments_ride_events#s1#ride_finished" in place.tasks()
    place.sweep_alone()
    assert place.status() == "released"


def test_an_event_of_another_kind_goes_to_the_dead_letters(place: Rides) -> None:
    answer = place.message("ride_events", {"detail-type": "scooters.ride_began", "detail": {}})
    assert answer["batchItemFailures"] == [{"itemIdentifier": "m"}]
