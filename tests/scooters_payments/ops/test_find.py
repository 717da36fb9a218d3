"""By hand, find: a deposit by whatever somebody has of it."""

import pytest

from tests.support.intrinsics import Json
from tests.support.rides import RIDER, SERVICE, Rides


def find(place: Rides, text: str) -> list[Json]:
    found: list[Json] = place.town.run(SERVICE, "ops.find", {"id": text})["found"]
    return found


@pytest.mark.parametrize(("by", "text"), [("session", "s1"), ("invoice", "s1-1"), ("rider", RIDER)])
def test_deposit_is_found_by_each_of_its_ids(place: Rides, by: str, text: str) -> None:
    place.start()
    place.settle(3)

    (found,) = find(place, text)

    assert (found["kind"], found["id"], found["found_by"]) == ("deposit", "s1", by)
    assert (found["status"], found["held"], found["currency"]) == ("held", "300.00", "RUB")
    assert [*found["tasks"]] == ["scooters_payments_close_left_open#s1"]


def test_deposit_is_found_by_an_earlier_attempt_too(place: Rides) -> None:
    place.start(card="card-insufficient")
    place.settle(3)
    place.start(card="card-ok")

    (found,) = find(place, "s1-1")

    assert found["invoices"] == ["s1-1", "s1-2"]
    assert find(place, "s1-3") == []


def test_task_is_found_by_its_id(place: Rides) -> None:
    place.start()

    (found,) = find(place, "scooters_payments_hold#s1")

    assert (found["kind"], found["parked"], found["attempts"]) == ("task", False, 0)


def test_nothing_of_a_rider_is_told(place: Rides) -> None:
    place.start()

    assert RIDER not in str(find(place, "s1"))
    assert "card" not in str(find(place, "s1"))


def test_session_that_has_only_ended_is_found_without_sums(place: Rides) -> None:
    place.finish()

    (found,) = find(place, "s1")

    assert (found["status"], found["skip_reason"]) == ("finished", "finished")
    assert "held" not in found


def test_unknown_id_is_no_error(place: Rides) -> None:
    assert find(place, "nobody") == []
