"""What must hold of a park, billing and the fleet's books, whatever happened (RELIABILITY 4.1)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final

from fleet_payment_systems.model import MOVES, Step
from tests.support.intrinsics import Json
from tests.support.park import Park

SUCCESS: Final = frozenset({"ok", "duplicate"})
LATER: Final = frozenset({"temporary_error", "in_progress"})
_ID_LENGTH: Final = 19
_OPEN: Final = frozenset({"registered", "issuing", "issued", "queued", "crediting"})
# The step that a line of the journal leads to; other lines move none.
_STEPS: Final[Mapping[str, Step]] = {
    "registered": Step.REGISTERED,
    "issuing": Step.ISSUING,
    "issued": Step.ISSUED,
    "declined": Step.DECLINED,
    "accepted": Step.QUEUED,
    "paid": Step.QUEUED,
    "confirmed": Step.QUEUED,
    "crediting": Step.CREDITING,
    "cancelled": Step.CANCELLED,
    "processed": Step.DONE,
    "suspended": Step.SUSPENSE,
    "timed_out": Step.TIMEOUT,
}


def check_books(park: Park) -> None:
    """M6, M7, M19 at any moment: one payment a number, one credit a payment, of its first sum."""
    transactions = park.transactions()
    by_id = {row["tx_id"]: row for row in transactions}
    payments = [row for row in transactions if row["direction"] != "reversal"]
    numbers = Counter(_number(row) for row in payments)
    assert set(numbers.values()) <= {1}, numbers
    _check_claims(park, payments)
    _check_entries(park, by_id)
    _check_reversals(by_id)
    _check_journal(park, transactions)
    for row in park.book():
        assert row["token"] in by_id


def check_quiet(park: Park) -> None:
    """M8, M13, M15, M16, M17 once nothing is on its way: every promise is kept, in both books."""
    check_books(park)
    transactions = park.transactions()
    assert [row for row in transactions if row["step"] in _OPEN] == []
    assert park.tasks() == []
    entered = {_names(row["key"]) for row in park.billing()}
    recorded = {row["token"] for row in park.book()}
    waiting = {row["tx_id"]: row for row in park.rows("suspense")}
    for row in transactions:
        done = row["step"] == "done"
        assert ((row["tx_id"], False) in entered) is done, row
        assert (row["tx_id"] in recorded) is done, row
        assert (row["tx_id"] in waiting) is (row["step"] == "suspense"), row
        if done:
            assert ((row["tx_id"], True) in entered) is bool(row["commission"]), row
    for tx_id, owed in waiting.items():
        row = next(one for one in transactions if one["tx_id"] == tx_id)
        assert owed["amount"] == _sign(row) * row["amount"]


def check_told(park: Park, txn: str, told: Iterable[Json]) -> None:
    """M8, M18 of one number's pay answers: one success with one id, backed by an obligation;
    a final refusal beside it only where the payment was cancelled or told with other content.
    """
    ids = {one.get("tx_id") for one in told if one["result"] in SUCCESS}
    assert len(ids) <= 1
    found = [row["tx_id"] for row in park.transactions(txn=txn) if row["direction"] != "reversal"]
    assert ids <= set(found), "told success without an obligation"
    fatal = {one["result"] for one in told} - SUCCESS - LATER
    fatal -= {"already_cancelled", "duplicate_conflict"}
    assert not (fatal and found), f"told {fatal} of a payment that will be credited"


def credited(park: Park, txn: str) -> int:
    """Minor units that the driver has of payment `txn`, commission left out."""
    wanted = {(row["tx_id"], False) for row in park.transactions(txn=txn)}
    return sum(row["amount"] for row in park.billing() if _names(row["key"]) in wanted)


def check_boundary(park: Park, told: Mapping[str, int]) -> None:
    """M24 when quiet: the sums that success was answered for, by tx_id, are credits, or wait in
    suspense, or were taken back before their credit.
    """
    kept = sum(row["amount"] for row in park.billing() if row["key"] in told)
    kept += sum(row["amount"] for row in park.rows("suspense") if row["tx_id"] in told)
    kept += sum(
        row["amount"] for row in park.transactions(step="cancelled") if row["tx_id"] in told
    )
    assert sum(told.values()) == kept


def _check_claims(park: Park, payments: list[Json]) -> None:
    claims = {row["claim_id"]: row for row in park.rows("claims")}
    for row in payments:
        claim = claims[_number(row)]
        told = (claim["tx_id"], claim["account"], claim["amount"], claim.get("cancelled", False))
        # Nobody repeats a bill by its number: its claim need not say how it ended.
        bill = row["direction"] == "driver_bill"
        ended = (row["step"] in {"cancelled", "timeout"} and not bill) or "reversed_by" in row
        assert told == (row["tx_id"], row["account"], row["amount"], ended), row
    named = {row["tx_id"] for row in claims.values() if "tx_id" in row}
    assert named == {row["tx_id"] for row in payments}


def _check_entries(park: Park, by_id: dict[str, Json]) -> None:
    """Whatever the keys are called: one entry of each kind a transaction, of the right sum."""
    seen: Counter[tuple[str, bool]] = Counter()
    for entry in park.billing():
        if entry["key"] == "elsewhere":
            continue
        tx_id, commission = _names(entry["key"])
        row = by_id[tx_id]
        wanted = -row["commission"] if commission else row["amount"]
        assert entry["amount"] == _sign(row) * wanted, (entry, row)
        assert entry["account"] == row["driver_key"]
        assert entry["currency"] == row["currency"]
        seen[tx_id, commission] += 1
    assert set(seen.values()) <= {1}, "credited twice"


def _names(key: str) -> tuple[str, bool]:
    """The transaction of a billing key, and whether it is of its commission."""
    return key[:_ID_LENGTH], key[_ID_LENGTH:].startswith("-c")


def _check_reversals(by_id: dict[str, Json]) -> None:
    reversals = [row for row in by_id.values() if row["direction"] == "reversal"]
    for row in reversals:
        first = by_id[row["reverses"]]
        assert first["reversed_by"] == row["tx_id"]
        assert (first["step"], first["amount"]) == ("done", row["amount"])
    assert len({row["reverses"] for row in reversals}) == len(reversals)


def _check_journal(park: Park, transactions: list[Json]) -> None:
    """M19: a line for each version, and of one step to another by the declared edges only."""
    kept: dict[str, list[tuple[int, str]]] = {}
    for event in park.rows("events"):
        kept.setdefault(event["subject"], []).append((event["rev"], event["name"]))
    for row in transactions:
        lines = sorted(kept[f"tx#{row['tx_id']}"])
        assert [rev for rev, _ in lines] == list(range(1, row["version"] + 1)), row
        steps = [_STEPS[name] for _, name in lines if name in _STEPS]
        assert all(then in MOVES[first] for first, then in pairwise(steps)), steps
        assert steps[-1] == row["step"], row


def _number(row: Json) -> str:
    return f"pay#{row['park_id']}#{row['system']}#{row['txn']}"


def _sign(row: Json) -> int:
    return -1 if row["direction"] == "reversal" else 1
