"""Scenario 16 of SPEC C.1: a deposit held, slow, declined; the engine down; finish first; rollout.

In one process on a clock of its own: a slow bank takes more than a minute. `make demo` plays it on
the running stack.
"""

from collections.abc import Iterator

import pytest

from tests.support.rides import AMOUNT, LIMIT_S, Rides, rides

RIDERS = 12


@pytest.fixture
def place() -> Iterator[Rides]:
    with rides(SandboxDelaySec="5") as found:
        yield found


def test_a_deposit_is_held_in_five_seconds_and_goes_back_after_the_ride(place: Rides) -> None:
    place.start()
    place.settle(4)
    assert place.check()[1]["allow_ride"] is False
    place.settle(2)
    held = {"status": "held", "allow_ride": True, "auth_time_ms": 5000}
    assert place.check() == (200, held)

    place.tell("ride_finished")
    place.settle(20)
    assert place.ledger() == {"held": AMOUNT, "cleared": 0, "voided": AMOUNT, "open": 0}


def test_a_bank_that_needs_65_seconds_keeps_nobody_for_longer_than_a_minute(place: Rides) -> None:
    place.start(card="card-slow-65")
    place.settle(LIMIT_S - 1)
    assert place.check()[1]["allow_ride"] is False
    place.settle(1)
    late = {"status": "processing", "allow_ride": True, "reason": "hold_timeout"}
    assert place.check() == (200, late)
    place.settle(10)
    assert (place.status(), place.ledger()["open"]) == ("held", AMOUNT)


def test_a_definite_decline_is_a_402_until_another_card_holds(place: Rides) -> None:
    place.start(card="card-insufficient")
    place.settle(7)
    assert place.check()[0] == 402
    place.start(card="card-ok")
    place.settle(7)
    assert place.check()[1]["status"] == "held"


def test_an_engine_that_is_down_lets_the_rider_go_and_holds_nothing_later(place: Rides) -> None:
    place.take_down("transactions")
    place.start()
    place.deliver()
    none = {"status": "none", "allow_ride": True, "reason": "no_invoice"}
    assert place.check() == (200, none)
    place.take_down("transactions", 0)
    place.settle(90)
    assert place.ledger()["held"] == 0


def test_a_ride_that_is_over_before_its_deposit_holds_nothing(place: Rides) -> None:
    place.finish()
    place.start()
    place.start("s2", card="card-slow-65")
    place.settle(2)
    place.finish("s2", "booking_cancelled")
    place.settle(90)
    assert place.town.rows("sandbox-ledger") != []
    assert [place.ledger(f"{session}-1")["open"] for session in ("s1", "s2")] == [0, 0]


@pytest.mark.parametrize(("percent", "least", "most"), [(0, 0, 0), (50, 2, 10), (100, 12, 12)])
def test_so_many_riders_have_deposits_as_are_rolled_out(
    percent: int, least: int, most: int
) -> None:
    with rides(DepositRolloutPercent=str(percent)) as place:
        said = [
            place.start(f"s{number}", user_id=f"rider-{number}")[1]["deposit"]
            for number in range(RIDERS)
        ]
        assert least <= said.count("started") <= most
        again = [
            place.start(f"s{number}", user_id=f"rider-{number}")[1]["deposit"]
            for number in range(RIDERS)
        ]
        assert said == again
