"""The end of a run of the order machine: faults off, only the sweeper works, then all must agree.

M1-M3 and M13-M20 of RELIABILITY 4.1, on every order.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Final

from tests.proofs.order_books import books, operations
from tests.proofs.order_model import Account
from tests.support.intrinsics import Json
from tests.support.town import Town

# Sweeps until nothing is left to do; a held order is looked at every ten minutes until it expires.
SWEEPS_MAX: Final = 60
_LATE_MS: Final = 16_000
Rows = list[Json]


def finish(town: Town) -> None:
    """Time jumps from task to task, past the end of every order (M16, M17)."""
    for _ in range(SWEEPS_MAX):
        due = [row["due_at"] for row in town.rows("qr_orders-tasks")]
        if not due and not town.aws.waiting():
            return
        ahead = min(due, default=0) + _LATE_MS - town.aws.clock.milliseconds()
        town.aws.clock.advance(max(ahead, 1000) / 1000)
        town.sweep()
        town.deliver()
    left = town.rows("qr_orders-tasks")
    raise AssertionError(f"after {SWEEPS_MAX} sweeps there is still to do: {left}")


def check_end(town: Town, accounts: Sequence[Account]) -> set[str]:
    """Each order where the model says, in both books, on paper and in the guest's messages."""
    now = town.aws.clock.milliseconds()
    orders = {row["order_id"]: row for row in town.rows("qr_orders-orders")}
    numbers = Counter(row["external_order_id"] for row in orders.values())
    ends = set()
    for account in accounts:
        order = orders[account.order_id]
        assert numbers[account.number] == 1
        end = order["payment_status"], order["partner_status"]
        assert end in account.ends(now), (end, account)
        _check_money(town, account, order)
        _check_versions(town, account, order)
        _check_papers(town, account, order)
        _check_messages(town, account, order)
        ends.add(f"end: {end[0]}")
    return ends


def _check_money(town: Town, account: Account, order: Json) -> None:
    """M1, M2, M13, M15: nothing open, and the same sums as the engine and the model."""
    ledger = books(town)
    found = [ledger.get(f"{account.order_id}-{n + 1}", {}) for n in range(order["attempt"])]
    sums = {kind: sum(book.get(kind, 0) for book in found) for kind in ("hold", "void", "clear")}
    assert sums["hold"] == sums["void"] + sums["clear"]
    refunded = sum(book.get("refund", 0) for book in found)
    assert (order["cleared"], order["refunded"]) == (sums["clear"], refunded)
    assert (order["held"], refunded) == (sums["clear"], sum(account.given))
    assert sums["clear"] in (0, account.total)
    assert "refunding" not in order


def _check_versions(town: Town, account: Account, order: Json) -> None:
    """M13, M14: versions at the engine rise, each has one body, the newest is ours."""
    invoices = operations(town)
    for attempt in range(1, order["attempt"] + 1):
        invoice = invoices.get(f"{account.order_id}-{attempt}")
        done = [] if invoice is None else invoice["operations"]
        versions = [each["version"] for each in done if "-u" in each["operation_id"]]
        assert versions == sorted(set(versions)), done
    if order["cleared"]:
        assert (
            invoices[f"{account.order_id}-{order['attempt']}"]["version"]
            == (order["invoice_version"])
        )
        assert order["invoice_version"] == 1 + len(account.given)


def _check_papers(town: Town, account: Account, order: Json) -> None:
    """M20: one document and one receipt a version that took or gave back money, of its sum."""
    sums = [account.total, *account.given] if order["cleared"] else []
    invoice_id = f"{account.order_id}-{order['attempt']}"
    wanted = {f"{invoice_id}/{number}": each for number, each in enumerate(sums, start=1)}
    rows = _of(account, town.rows("qr_orders-receipts"))
    assert {row["document_id"]: row["total"] for row in rows} == wanted
    assert {row["state"] for row in rows} <= {"stored"}
    documents = _of(account, town.rows("sandbox-documents"))
    assert {row["document_id"] for row in documents} == set(wanted)
    kept = {
        row["change_id"]: row["total"]
        for row in _of(account, town.rows("qr_orders-changelog"))
        if row["invoice_id"] == invoice_id
    }
    left = [account.total - sum(account.given[:n]) for n in range(len(sums))]
    assert not sums or sorted(kept.values(), reverse=True) == left


def _check_messages(town: Town, account: Account, order: Json) -> None:
    """M15: the guest hears once of each thing that happened, and of nothing that did not."""
    rows = _of(account, town.rows("sandbox-notifications"))
    told = Counter(json.loads(row["message"])["intent"] for row in rows)
    assert told["order_paid"] == bool(order["cleared"])
    assert told["order_refunded"] == (len(account.given) if order["cleared"] else 0)
    assert told["payment_failed"] <= sum(card != "card-ok" for card in account.cards)


def _of(account: Account, rows: Rows) -> Rows:
    return [row for row in rows if account.order_id in str(row)]
