"""What must hold of drivers' bills, in our books and in the payment systems' own."""

from collections import Counter
from typing import Final

from tests.proofs.fleet_invariants import check_books, check_quiet, credited
from tests.support.intrinsics import Json
from tests.support.park import Park

_UNPAID: Final = frozenset({"issuing", "issued"})


def check_bills(park: Park) -> None:
    """M6, M7, M19 at any moment: one bill a wish, one credit a bill at most, of what was paid."""
    check_books(park)
    bills = {row["txn"]: row for row in park.transactions() if "replaces" not in row}
    for number, theirs in _issued(park).items():
        assert number in bills, "a bill that nobody of ours knows"
        gained = _credited(park, number)
        assert gained in (0, bills[number]["amount"])
        assert not gained or (theirs["status"], theirs["amount"]) == ("paid", gained)
    waiting = Counter(
        (row["wallet_id"], row["driver_key"]) for row in bills.values() if row["step"] in _UNPAID
    )
    assert set(waiting.values()) <= {1}, "two open bills of one driver in one wallet"


def check_bills_quiet(park: Park) -> None:
    """M8, M15-M17, M24 once nothing is on its way: what was paid as asked is credited, once;
    what we call over cannot be paid any more, where the system lets us end it.
    """
    check_bills(park)
    check_quiet(park)
    bills = {row["txn"]: row for row in park.transactions() if "replaces" not in row}
    for number, theirs in _issued(park).items():
        ours = bills[number]
        wanted = (ours["amount"], ours["currency"])
        as_asked = (theirs["amount"], theirs["currency"]) == wanted
        paid = theirs["status"] == "paid" and as_asked
        assert _credited(park, number) == (ours["amount"] if paid else 0), (ours, theirs)
        if ours["system"] == "qiwi":
            assert theirs["status"] != "waiting", "a bill that we forgot can be paid"
    for row in park.transactions():
        if "replaces" in row:
            first = next(one for one in bills.values() if one["tx_id"] == row["replaces"])
            assert (first["replaced_by"], first["state"]) == (row["tx_id"], "rejected")


def _issued(park: Park) -> dict[str, Json]:
    """The systems' own bills, by our numbers."""
    rows = park.town.rows("sandbox-bills")
    return {row["bill_id"].partition("#")[2]: row for row in rows}


def _credited(park: Park, number: str) -> int:
    return credited(park, number) + credited(park, f"{number}#late")
