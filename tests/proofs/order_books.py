"""What holds after every step of the order machine: amounts, edges, the engine's own ledger."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.proofs.order_model import BILLS, EDGES, FINAL, Account, total
from tests.support.intrinsics import Json
from tests.support.town import Town

DEAREST = max(total(bill) for bill in BILLS)


@dataclass(slots=True)
class Watch:
    """What was seen so far of each order: its journal, revision by revision."""

    revs: dict[str, list[Json]] = field(default_factory=dict)


def check_step(town: Town, accounts: Sequence[Account], watch: Watch) -> set[str]:
    """M1-M3, M14, M19 as far as they hold at any moment; the payment statuses that were seen."""
    orders = {row["order_id"]: row for row in town.rows("qr_orders-orders")}
    journal: dict[str, list[Json]] = defaultdict(list)
    for row in town.rows("qr_orders-events"):
        journal[row["order_id"]].append(row)
    ledger = books(town)
    now = town.aws.clock.milliseconds()
    seen: set[str] = set()
    for account in accounts:
        order = orders[account.order_id]
        _check_amounts(order)
        _check_journal(account, order, journal[account.order_id], watch)
        seen |= {row["payment_status"] for row in journal[account.order_id]}
        _check_engine(account, order, ledger, now)
    return seen


def books(town: Town) -> dict[str, dict[str, int]]:
    """The engine's ledger: minor units by invoice and kind of movement."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in town.rows("sandbox-ledger"):
        found[row["invoice_id"]][row["kind"]] += row["amount"]
    return found


def _check_amounts(order: Json) -> None:
    back = order["refunded"] + order.get("refunding", 0)
    assert 0 <= back <= order["cleared"] <= order["held"] <= DEAREST, order
    assert order["cleared"] in (0, order["total"]), order


def _check_journal(account: Account, order: Json, rows: list[Json], watch: Watch) -> None:
    """One row a revision, never changed; only declared edges; what is final absorbs (M19)."""
    rows.sort(key=lambda row: int(row["rev"]))
    assert [row["rev"] for row in rows] == list(range(1, order["rev"] + 1))
    known = watch.revs.get(account.order_id, [])
    assert rows[: len(known)] == known, "the journal was rewritten"
    watch.revs[account.order_id] = rows
    new = rows[max(len(known) - 1, 0) :]
    for before, after in pairwise(new):
        edge = before["payment_status"], after["payment_status"]
        assert edge[0] == edge[1] or edge in EDGES, edge
        assert edge[0] not in FINAL, f"{edge[0]} is final"
        assert before["partner_status"] in ("open", "confirmed", after["partner_status"]), after
        assert after["at"] >= before["at"]
        if (after["partner_status"], edge) == ("expired", ("held", "cancelling")):
            assert after["at"] >= account.expires_at, "held money was given back before its time"
    last = rows[-1]
    for name in ("payment_status", "partner_status", "held", "cleared", "refunded"):
        assert last[name] == order[name], (last, order)


def _check_engine(
    account: Account, order: Json, ledger: dict[str, dict[str, int]], now: int
) -> None:
    """The engine moved no more than guests, till and operator said yes to (M1, M2)."""
    cleared = refunded = 0
    assert order["attempt"] == len(account.cards)
    for attempt in range(1, order["attempt"] + 1):
        book = ledger.get(f"{account.order_id}-{attempt}", {})
        held, taken = book.get("hold", 0), book.get("clear", 0)
        assert held in (0, account.total), (held, account.total)
        assert held - taken - book.get("void", 0) in (0, held), book
        assert 0 <= book.get("refund", 0) <= taken
        cleared, refunded = cleared + taken, refunded + book.get("refund", 0)
    assert cleared <= account.taken(now), "money taken without a close"
    assert refunded <= sum(account.given), "money given back unasked"
    assert order["refunded"] <= refunded
    assert order["cleared"] <= cleared


def operations(town: Town) -> dict[str, Json]:
    """What the engine accepted, by invoice."""
    rows = town.rows("sandbox-invoices")
    return {row["invoice_id"]: json.loads(row["state"]) for row in rows}
