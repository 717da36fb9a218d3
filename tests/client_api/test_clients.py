"""What client_api sends to other systems, and how it reads their answers."""

import json
from typing import Any

import pytest
import requests
import responses

from client_api.clients import EatsPaymentMethods, QrOrders
from client_api.model import (
    ClientStatus,
    MethodKey,
    Payment,
    PaymentStatus,
    Receipt,
    Reference,
)
from shared.errors import Conflict, Unavailable
from shared.money import Money
from shared.receipt_links import Document
from shared.upstream import Upstream
from tests.client_api.fakes import CARD, ORDER_ID, PAYER, FakeInternal, order, past_order

FOUND: dict[str, Any] = {
    "order_id": ORDER_ID,
    "partner_id": "p_demo",
    "group_id": "g_demo",
    "external_order_id": "A-1021",
    "version": 3,
    "status": {"payment": "cleared", "partner": "closed"},
    "total": "1570.00",
    "currency": "RUB",
    "refunded": "0.00",
    "created_at": "2026-11-20T12:00:00.000Z",
    "expires_at": "2026-11-20T16:00:00.000Z",
    "expired": False,
    "items": [
        {"id": "1", "name": "Борщ", "quantity": "2", "price": "800.00", "total": "1570.00"}
        | {"discount": "30.00", "vat": "20"}
    ],
    "partner": {"name": "Ресторан", "address": "Москва", "inn": "7700000000"},
    "receipts": [
        {"document_id": f"{ORDER_ID}-1/1", "type": "payment", "sum": "1570.00", "state": "stored"},
        {"document_id": f"{ORDER_ID}-1/2", "type": "refund", "sum": "9.00", "state": "requested"},
    ],
}


@pytest.mark.parametrize("name", ["order_id", "short_code"])
def test_order_is_asked_for_by_what_names_it(name: Any) -> None:
    internal = FakeInternal("test", FOUND)

    QrOrders(internal).get(Reference(name, "X"))

    assert internal.calls == [("qr_orders", "get", "GET", "/qr-orders/v1/get", None, {name: "X"})]


def test_order_is_read_into_the_guests_view() -> None:
    found = QrOrders(FakeInternal("test", FOUND)).get(Reference.by_id(ORDER_ID))

    assert (found.version, found.payment, found.user_id) == (3, PaymentStatus.CLEARED, None)
    assert found.items[0].discount == Money(3000, "RUB")
    assert found.partner.cashback(found.total) == Money(0, "RUB")


def test_only_stored_receipts_are_seen() -> None:
    found = QrOrders(FakeInternal("test", FOUND)).get(Reference.by_id(ORDER_ID))

    assert [receipt.document.key for receipt in found.receipts] == [
        f"receipts/{ORDER_ID}/{ORDER_ID}-1-1.pdf"
    ]


PAST: dict[str, Any] = {
    name: FOUND[name] for name in ("order_id", "partner_id", "version", "currency", "receipts")
} | {
    **{"total": "1570.00", "refunded": "9.00", "user_id": PAYER, "expired": False},
    "status": {"payment": "partially_refunded", "partner": "closed"},
    "created_at": "2026-11-20T12:00:00.000Z",
    "updated_at": "2026-11-20T13:00:00.000Z",
    "partner": {"name": "Ресторан", "address": "Москва"},
}


def test_history_is_asked_for_by_guest_and_page() -> None:
    internal = FakeInternal("test", {"orders": []})

    found = QrOrders(internal).history(PAYER, 20, "cursor")

    body = {"user_id": PAYER, "limit": 20, "older_than": "cursor"}
    assert internal.calls == [
        ("qr_orders", "get_by_user", "POST", "/qr-orders/v1/get-by-user", body, None)
    ]
    assert (found.orders, found.cursor) == ((), None)


def test_history_is_read_into_the_guests_view() -> None:
    internal = FakeInternal("test", {"orders": [PAST], "cursor": "next"})

    page = QrOrders(internal).history(PAYER, 20, None)

    receipt = Receipt(Document(ORDER_ID, f"{ORDER_ID}-1", 1), "payment", Money(157000, "RUB"))
    expected = past_order(
        status=ClientStatus.PARTIALLY_REFUNDED, refunded=Money(900, "RUB"), receipts=(receipt,)
    )
    assert (page.orders, page.cursor) == ((expected,), "next")


@pytest.mark.parametrize(
    ("payment", "partner", "expired", "status"),
    [
        ("hold_failed", "open", False, ClientStatus.FAILED),
        ("hold_failed", "open", True, ClientStatus.EXPIRED),
        ("hold_failed", "expired", False, ClientStatus.EXPIRED),
        ("expired", "expired", True, ClientStatus.EXPIRED),
        ("cancelled", "cancelled", False, ClientStatus.CANCELLED),
        ("cleared", "closed", False, ClientStatus.SUCCESS),
    ],
)
def test_history_tells_the_status_that_the_order_itself_would(
    payment: str, partner: str, expired: bool, status: ClientStatus
) -> None:
    past = PAST | {"status": {"payment": payment, "partner": partner}, "expired": expired}
    whole = FOUND | {"status": past["status"], "expired": expired}

    (found,) = QrOrders(FakeInternal("test", {"orders": [past]})).history(PAYER, 20, None).orders
    same = QrOrders(FakeInternal("test", whole)).get(Reference.by_id(ORDER_ID))

    assert (found.status, same.status) == (status, status)


def test_start_payment_carries_the_guests_wish() -> None:
    internal = FakeInternal("test", {"payment_status": "init"})
    wish = Payment(ORDER_ID, PAYER, CARD, 1, "1570.00", "key-1", "192.0.2.1", "ru")

    assert QrOrders(internal).start_payment(wish) is PaymentStatus.INIT
    body = {
        "order_id": ORDER_ID,
        "user_id": PAYER,
        "payment_method": {"type": "card", "id": "card-ok"},
        "version": 1,
        "expected_total": "1570.00",
        "idempotency_key": "key-1",
        "ip": "192.0.2.1",
        "locale": "ru",
    }
    assert internal.calls == [
        ("qr_orders", "start_payment", "POST", "/qr-orders/v1/start-payment", body, None)
    ]


def test_refusal_keeps_its_code_and_loses_what_is_not_the_guests() -> None:
    refusal = Conflict("order_changed", version=2, total="1.00", user_id=PAYER, callee="x")
    orders = QrOrders(FakeInternal("test", refusal=refusal))

    with pytest.raises(Conflict) as problem:
        orders.get(Reference.by_id(ORDER_ID))

    assert problem.value.details == {"version": 2, "total": "1.00"}


METHODS_URL = "http://methods.example/payment_methods"
CARD_ANSWER: dict[str, Any] = {
    "type": "card",
    "id": "card-ok",
    "name": "Карта",
    "short_title": "•• 4242",
    "availability": {"available": True},
    "supports": {"hold": True, "partial_clear": True, "refund": True},
}


@pytest.fixture
def methods() -> EatsPaymentMethods:
    return EatsPaymentMethods(Upstream("payment_methods", METHODS_URL))


@responses.activate
def test_methods_are_asked_for_this_guest_and_bill(methods: EatsPaymentMethods) -> None:
    answer = {"last_used": {"type": "sbp", "id": "s"}, "payment_methods": [CARD_ANSWER]}
    asked = responses.post(f"{METHODS_URL}/v1/payment-methods-availability", json=answer)

    found = methods.of(PAYER, order())

    assert json.loads(asked.calls[0].request.body or "") == {
        "user_id": PAYER,
        "amount": "1570.00",
        "currency": "RUB",
        "service": "qr_payments",
        "order": {"partner_id": "p_demo"},
    }
    assert found.last_used == MethodKey("sbp", "s")
    assert [method.payable for method in found.all] == [True]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 404, "json": {"code": "unknown_user"}},
        {"status": 429},
        {"body": "<html>"},
        {"json": {"payment_methods": [{**CARD_ANSWER, "supports": {"hold": "yes"}}]}},
        {"json": {}},
        {"body": requests.ConnectionError()},
        {"body": requests.ReadTimeout()},
    ],
)
@responses.activate
def test_anything_but_a_list_of_methods_is_unavailable(
    methods: EatsPaymentMethods, answer: dict[str, Any]
) -> None:
    responses.post(f"{METHODS_URL}/v1/payment-methods-availability", **answer)

    with pytest.raises(Unavailable, match="payment_methods_unavailable"):
        methods.of(PAYER, order())
