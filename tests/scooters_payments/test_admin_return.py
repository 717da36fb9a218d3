"""functions/scooters_payments/admin_return.py: support gives a deposit back (SD-10)."""

from tests.support.rides import Rides


def test_support_gives_back_what_is_held_in_its_own_name(place: Rides) -> None:
    place.start()
    place.settle(3)
    assert place.give_back() == (200, {"status": "releasing"})
    place.settle(5)

    assert (place.status(), place.ledger()["open"]) == ("released", 0)
    assert [row["actor"] for row in place.journal() if row["name"] == "releasing"] == ["anna"]
    assert place.give_back() == (200, {"status": "released"})


def test_an_unknown_session_is_not_found_and_leaves_no_tombstone(place: Rides) -> None:
    status, refused = place.give_back("nobody")
    assert (status, refused["code"]) == (404, "deposit_not_found")
    assert place.rows("deposits") == []
