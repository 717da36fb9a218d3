"""Refunds in the proofs: a cleared order to start from, and what must hold after it gave back."""

from typing import Final

from shared.http_event import event
from tests.proofs.invariants import check_books, told
from tests.support import calls
from tests.support.orders import TOTAL_MINOR, close, get, open_order, pay, payment_of
from tests.support.town import Town

SOUP: Final = [{"id": "1", "quantity": "1"}]
SOUP_MINOR: Final = 40000
STEAK: Final = [{"id": "2", "amount": "100.00"}]
STEAK_MINOR: Final = 10000


def cleared(place: Town, number: str, card: str = "card-ok") -> str:
    """An order of 1570.00 that is paid, with its receipt."""
    order_id = open_order(place, external_order_id=number)
    assert pay(place, order_id, method=card)[0] == 200
    place.settle(rounds=2)
    assert close(place, order_id)[0] == 200
    place.settle(rounds=8)
    assert payment_of(place, order_id) == "cleared"
    return order_id


def foreign(place: Town, order_id: str, version: int, soup: str) -> None:
    """Somebody else lowers the invoice at the engine: the soup costs that much now."""
    lines = [("1", soup, "2"), ("2", "770.00", "1")]
    items = [
        {"id": name, "title": name, "amount": amount, "quantity": quantity, "vat": "20"}
        for name, amount, quantity in lines
    ]
    body = {"operation_id": f"foreign-{version}", "version": version, "items": items}
    route = "/transactions/v1/invoices/{invoice_id}/update"
    with calls.outside():
        asked = event("POST", route, path={"invoice_id": f"{order_id}-1"}, body=body)
        status, answer = place.call("sandbox", "transactions", asked)
    assert status in (200, 422), answer
    place.aws.clock.advance(2)


def check_given_back(place: Town, order_id: str, *amounts: int) -> None:
    """So much was refunded, version by version: in both books, on paper, and to the guest (M20)."""
    check_books(place, order_id)
    order = next(row for row in place.rows("qr_orders-orders") if row["order_id"] == order_id)
    whole = sum(amounts) == TOTAL_MINOR
    wanted = "refunded" if whole else "partially_refunded"
    assert (order["payment_status"], order["refunded"]) == (wanted, sum(amounts))
    assert "refunding" not in order
    versions = [1, *(2 + number for number in range(len(amounts)))]
    papers = sorted(
        (row for row in place.rows("qr_orders-receipts") if row["order_id"] == order_id),
        key=lambda row: str(row["document_id"]),
    )
    assert [row["document_id"] for row in papers] == [f"{order_id}-1/{n}" for n in versions]
    assert [row["kind"] for row in papers] == ["payment", *["refund"] * len(amounts)]
    assert [row["total"] for row in papers] == [TOTAL_MINOR, *amounts]
    assert {row["state"] for row in papers} == {"stored"}
    documents = [row for row in place.rows("sandbox-documents") if order_id in str(row)]
    assert len(documents) == len(versions)
    assert told(place, order_id) == ["order_paid", *["order_refunded"] * len(amounts)]
    assert [row for row in place.rows("qr_orders-tasks") if order_id in row["task_id"]] == []
    assert get(place, order_id)["invoice_version"] == len(versions)
