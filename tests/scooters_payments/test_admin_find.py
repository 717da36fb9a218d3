"""functions/scooters_payments/admin_find.py: support sees every deposit and its state (SD-10)."""

from shared.http_event import event
from tests.support.rides import Rides


def test_a_riders_deposits_are_found_newest_first(place: Rides) -> None:
    place.start("s1", card="card-insufficient")
    place.pass_time(1)
    place.start("s2")
    place.start("s3", user_id="rider-2")
    place.settle(4)

    found = place.find(user_id="rider-1")

    assert [each["session_id"] for each in found] == ["s2", "s1"]
    assert [each["status"] for each in found] == ["held", "failed"]
    assert found[1]["error"] == "insufficient_funds"
    assert (found[0]["held"], found[0]["invoice_id"]) == ("300.00", "s2-1")
    assert found[0]["held_at"] == "2026-01-02T10:00:02.000Z"


def test_a_session_is_found_by_itself_and_not_as_another_riders(place: Rides) -> None:
    place.start()
    assert [each["status"] for each in place.find(session_id="s1")] == ["created"]
    assert place.find(session_id="s1", user_id="rider-2") == []
    assert place.find(session_id="s9") == []


def test_a_tombstone_is_shown_without_money(place: Rides) -> None:
    place.finish()
    (found,) = place.find(session_id="s1")
    assert (found["status"], found["reason"]) == ("finished", "finished")
    assert "amount" not in found


def test_a_search_for_nothing_is_refused(place: Rides) -> None:
    asked = event("GET", "/scooters-payments/v1/admin/find")
    status, refused = place.town.call("scooters_payments", "admin_find", asked)
    assert (status, refused["code"]) == (400, "validation_failed")
