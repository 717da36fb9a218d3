"""functions/scooters_payments/crons/sweep.py: a lost wake-up costs a minute (DESIGN 4)."""

from tests.support.rides import Rides


def test_a_deposit_whose_messages_are_lost_is_held_and_goes_back_all_the_same(
    place: Rides,
) -> None:
    place.start()
    place.sweep_alone(rounds=1, seconds=16)
    place.sweep_alone(rounds=2, seconds=16)
    assert place.status() == "held"
    place.finish()
    place.sweep_alone()
    assert (place.status(), place.tasks()) == ("released", [])
