"""Refunds in the proofs: a cleared order to start from, and what must hold after it gave back."""

from collections.abc import Callable
from typing import Final

from tests.proofs.invariants import check_books, told
from tests.support import calls
from tests.support.faults import Crash
from tests.support.intrinsics import Json
from tests.support.orders import TOTAL_MINOR, close, get, open_order, pay, payment_of, refund
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


def warm(place: Town) -> None:
    """Every module and cache of the refund flow has been used once."""
    order_id = cleared(place, "warm-up-refund")
    assert refund(place, order_id, "warm", 1, items=SOUP)[0] == 202
    place.settle(rounds=16)
    assert payment_of(place, order_id) == "partially_refunded"


def insist(request: Callable[[], tuple[int, Json]]) -> Json:
    """An operator who repeats until it is answered."""
    for _ in range(3):
        try:
            with calls.process():
                status, body = request()
        except Crash:
            continue
        if status == 202:
            return body
        assert status >= 500, body
    raise AssertionError("never answered")


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
