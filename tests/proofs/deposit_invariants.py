"""What must hold of deposits and the engine's books, whatever happened (RELIABILITY 4.1, M12)."""

import json
from itertools import pairwise
from typing import Final

from tests.support.intrinsics import Json
from tests.support.rides import SERVICE, Rides

# Which status the journal may show after which (SPEC A.8.3); the same again is no move.
EDGES: Final = frozenset(
    pair
    for before, afters in {
        "created": "holding abandoned releasing",
        "holding": "held failed releasing",
        "held": "resizing hold_expired releasing",
        "resizing": "held hold_expired releasing",
        "failed": "created finished",
        "hold_expired": "releasing",
        "releasing": "released release_failed",
        "release_failed": "released",
    }.items()
    for pair in ((before, after) for after in afters.split())
)
OPEN: Final = frozenset({"created", "holding", "held", "resizing", "hold_expired"})
RETURNING: Final = frozenset({"releasing", "release_failed"})


def check_books(place: Rides) -> None:
    """M2, M12, M14, M19 at any moment, of every session."""
    for deposit in place.rows("deposits"):
        session = deposit["session_id"]
        books = [place.ledger(one) for one in invoices(place, session)]
        for book in books:
            assert book["held"] == book["cleared"] + book["voided"] + book["open"]
            assert book["cleared"] == 0, "a deposit was captured"
        assert sum(1 for book in books if book["open"]) <= 1, "two open holds of one ride"
        assert len(books) <= deposit["attempt"]
        _check_journal(place, deposit)
    _check_versions(place)


def check_quiet(place: Rides) -> None:
    """M12, M13, M16, M17 once nothing is on its way: what is not held open is given back."""
    check_books(place)
    for deposit in place.rows("deposits"):
        session, status = deposit["session_id"], deposit["status"]
        assert status not in RETURNING | {"created", "holding", "resizing"}, deposit
        open_ = sum(place.ledger(one)["open"] for one in invoices(place, session))
        assert open_ == (deposit["held"] if status == "held" else 0), (deposit, open_)
        if status == "held":
            assert deposit["held"] == deposit["wanted"]
    left = {f"{SERVICE}_close_left_open#{one}" for one in sessions_in(place, OPEN)}
    assert set(place.tasks()) == left


def invoices(place: Rides, session: str) -> list[str]:
    """Of the session's attempts, as far as the engine knows them."""
    rows = place.town.rows("sandbox-invoices")
    found = [row["invoice_id"] for row in rows]
    return sorted(one for one in found if one.rpartition("-")[0] == session)


def sessions_in(place: Rides, statuses: frozenset[str]) -> set[str]:
    return {row["session_id"] for row in place.rows("deposits") if row["status"] in statuses}


def _check_journal(place: Rides, deposit: Json) -> None:
    """One row a revision, along the edges; a declined attempt alone is followed by another."""
    journal = place.journal(deposit["session_id"])
    assert [row["rev"] for row in journal] == list(range(1, deposit["rev"] + 1))
    assert journal[-1]["status"] == deposit["status"]
    for before, after in pairwise(journal):
        pair = (before["status"], after["status"])
        assert pair[0] == pair[1] or pair in EDGES, pair


def _check_versions(place: Rides) -> None:
    """Versions that the engine accepted increase by one, each with one basket."""
    for row in place.town.rows("sandbox-invoices"):
        state = json.loads(row["state"])
        updates = [one for one in state["operations"] if not one["operation_id"].endswith("-c")]
        versions = [one["version"] for one in updates]
        assert versions == list(range(1, state["version"] + 1)), versions
