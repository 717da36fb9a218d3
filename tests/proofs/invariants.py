"""What must hold of an order and the outside world, whatever happened (RELIABILITY 4.1)."""

import json
from typing import Final

from shared.http_event import event
from shared.money import Money
from tests.support import calls
from tests.support.intrinsics import Json
from tests.support.orders import TOTAL_MINOR, get
from tests.support.town import Town

_NOTHING: Final = {"held": 0, "cleared": 0, "voided": 0, "refunded": 0}


def ledger(town: Town, invoice_id: str) -> dict[str, int]:
    """The engine's own books of an invoice: minor units held, cleared, voided, refunded."""
    route = "/transactions/v1/ledger/{invoice_id}"
    with calls.outside():
        request = event("GET", route, path={"invoice_id": invoice_id})
        status, body = town.call("sandbox", "transactions", request)
    if status == 404:
        return dict(_NOTHING)
    assert status == 200, body
    return {name: Money.parse(body[name], "RUB").minor for name in _NOTHING}


def told(town: Town, order_id: str) -> list[str]:
    """What the guest was told of the order, once each."""
    rows = town.rows("sandbox-notifications")
    return [json.loads(row["message"])["intent"] for row in rows if order_id in row["message"]]


def check_books(town: Town, order_id: str) -> None:
    """M1, M2, M13, M14, M19: amounts bounded, ours equal to the engine's, one journal row a rev."""
    order = _row(town, order_id)
    invoices = [row["invoice_id"] for row in town.rows("sandbox-invoices")]
    unknown = {one for one in invoices if one.startswith(order_id)}
    books = [ledger(town, f"{order_id}-{attempt + 1}") for attempt in range(order["attempt"])]
    unknown -= {f"{order_id}-{attempt + 1}" for attempt in range(order["attempt"])}
    assert sum(ledger(town, one)["held"] for one in unknown) == 0
    held, cleared, voided, refunded = (sum(book[name] for book in books) for name in _NOTHING)
    assert 0 <= refunded <= cleared <= held
    assert held - cleared - voided >= 0
    assert sum(1 for book in books if book["held"] - book["cleared"] - book["voided"] > 0) <= 1
    assert sum(book["held"] - book["voided"] for book in books[:-1]) == 0
    assert order["held"] == held - voided
    assert (order["cleared"], order["refunded"]) == (cleared, refunded)
    journal = sorted(
        row["rev"] for row in town.rows("qr_orders-events") if row["order_id"] == order_id
    )
    assert journal == list(range(1, order["rev"] + 1))


def check_paid(town: Town, order_id: str) -> None:
    """The end of a paid order: the same money, one document, one receipt, nothing left to do."""
    check_books(town, order_id)
    order = _row(town, order_id)
    assert (order["payment_status"], order["partner_status"]) == ("cleared", "closed")
    assert (order["held"], order["cleared"]) == (TOTAL_MINOR, TOTAL_MINOR)
    document = f"{order_id}-{order['attempt']}/1"
    receipts = [row for row in town.rows("qr_orders-receipts") if row["order_id"] == order_id]
    assert [(row["document_id"], row["state"]) for row in receipts] == [(document, "stored")]
    documents = [row for row in town.rows("sandbox-documents") if order_id in str(row)]
    assert len(documents) == 1
    assert told(town, order_id) == ["order_paid"]
    assert [row for row in town.rows("qr_orders-tasks") if order_id in row["task_id"]] == []
    shown = get(town, order_id)
    assert shown["receipts"][0]["sum"] == shown["total"] == shown["cleared"]


def check_cancelled(town: Town, order_id: str) -> None:
    """The end of a cancelled order: nothing is held or taken, no paper, nothing left to do."""
    check_books(town, order_id)
    order = _row(town, order_id)
    assert order["payment_status"] == "cancelled"
    assert order["partner_status"] in ("cancelled", "expired")
    assert (order["held"], order["cleared"]) == (0, 0)
    assert [row for row in town.rows("qr_orders-receipts") if row["order_id"] == order_id] == []
    assert [row for row in town.rows("sandbox-documents") if order_id in str(row)] == []
    assert [row for row in town.rows("qr_orders-tasks") if order_id in row["task_id"]] == []


def check_given_back(town: Town, order_id: str) -> None:
    """A hold that the order does not want is gone, and the order may be paid again."""
    check_books(town, order_id)
    order = _row(town, order_id)
    assert (order["payment_status"], order["partner_status"]) == ("hold_failed", "open")
    books = ledger(town, f"{order_id}-{order['attempt']}")
    assert books["held"] == books["voided"] > 0
    tasks = [row["task_id"] for row in town.rows("qr_orders-tasks")]
    assert [one for one in tasks if order_id in one] == [f"qr_order_expired#{order_id}"]


def check_settled(town: Town, order_id: str) -> None:
    """Whoever won: the books agree, and what the order says is what the engine did (M13)."""
    check_books(town, order_id)
    order = _row(town, order_id)
    if order["payment_status"] in ("cancelled", "hold_failed", "expired", "new"):
        assert order["held"] == 0
    assert order["held"] in (0, order["total"])
    if order["payment_status"] == "cancelled":
        check_cancelled(town, order_id)
    assert order["payment_status"] not in ("init", "cancelling", "clearing")


def _row(town: Town, order_id: str) -> Json:
    rows = town.rows("qr_orders-orders")
    return next(row for row in rows if row["order_id"] == order_id)
