"""GET /qr-orders/v1/get: an order with everything that belongs to it (QO-02)."""

import json
from typing import Any

import pytest

from qr_orders.model import Payment
from tests.qr_orders.support import Shop, sample

# What an order does not have yet is absent, not empty.
OPTIONAL = {
    *("table", "discount", "user_id", "payment_method", "invoice_id", "failure_code"),
    *("redirect_url", "waiter"),
}


def test_order_is_shown_whole(here: Shop) -> None:
    said = json.loads(sample("create")["body"])
    version = said.pop("external_version")
    order_id = here.open()

    status, body = here.get(order_id=order_id)

    first, second = said.pop("items")
    assert status == 200
    assert body == {
        **said,
        "order_id": order_id,
        "short_code": here.order(order_id).short_code,
        "version": version,
        "status": {"payment": "new", "partner": "open"},
        **{"held": "0.00", "cleared": "0.00", "refunded": "0.00", "attempt": 0, "cashback": "0.00"},
        "invoice_version": 0,
        **{"created_at": "2026-01-02T10:00:00.000Z", "updated_at": "2026-01-02T10:00:00.000Z"},
        **{"expires_at": "2026-01-02T14:00:00.000Z", "expired": False},
        "items": [first | {"discount": "0.00"}, second],
        **{"changelog": [], "receipts": []},
    }


def test_fields_that_are_not_set_are_absent(here: Shop) -> None:
    order_id = here.open(table=None, waiter=None, discount=None)

    _, body = here.get(order_id=order_id)

    assert OPTIONAL & body.keys() == set()


def test_payment_is_shown_with_its_change(here: Shop) -> None:
    order_id = here.holding()

    _, body = here.get(order_id=order_id)

    assert body["payment_method"] == {"type": "card", "id": "card-ok"}
    assert (body["user_id"], body["attempt"], body["invoice_id"]) == ("u1", 1, f"{order_id}-1")
    assert body["changelog"] == [
        {
            "invoice_id": f"{order_id}-1",
            "version": 1,
            "at": "2026-01-02T10:00:00.000Z",
            "author": "u1",
            "reason": "payment",
            "total": "1570.00",
        }
    ]


def test_bank_page_and_failure_are_shown(here: Shop) -> None:
    order_id = here.opened_in(Payment.HOLDING, redirect_url="https://bank.example/3ds")
    assert here.get(order_id=order_id)[1]["redirect_url"] == "https://bank.example/3ds"

    here.alter(order_id, payment=Payment.HOLD_FAILED, redirect_url="", failure_code="card_blocked")

    _, body = here.get(order_id=order_id)
    assert body["failure_code"] == "card_blocked"
    assert "redirect_url" not in body


def test_receipt_is_shown_with_its_key_once_it_is_stored(here: Shop) -> None:
    order_id = here.cleared()
    here.outside.says("PUT", f"/eda/v1/invoices/{order_id}-1/documents/1")
    here.outside.says("POST", "/notify/v1/notifications")
    here.work(f"qr_order_process_cleared#{order_id}#1-1")

    _, body = here.get(order_id=order_id)

    assert body["receipts"] == [
        {
            "document_id": f"{order_id}-1/1",
            "type": "payment",
            "sum": "1570.00",
            "state": "requested",
        }
    ]


def test_short_code_finds_the_order(here: Shop) -> None:
    _, created = here.post("create")

    status, body = here.get(short_code=created["qr"]["short_code"])

    assert (status, body["order_id"]) == (200, created["order_id"])


@pytest.mark.parametrize("query", [{"order_id": "01UNKNOWN"}, {"short_code": "ZZZZ9999"}])
def test_unknown_order_is_not_found(here: Shop, query: dict[str, str]) -> None:
    here.open()

    status, body = here.get(**query)

    assert (status, body["code"]) == (404, "order_not_found")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"order_id": "01A", "short_code": "ZZZZ9999"},
        {"order_id": ""},
        {"short_code": "zzzz9999"},
        {"short_code": "Z#Z"},
        {"order_id": "a/b"},
    ],
)
def test_order_is_asked_for_by_one_name(here: Shop, query: dict[str, str]) -> None:
    status, body = here.get(**query)

    assert (status, body["code"]) == (400, "validation_failed")


@pytest.mark.parametrize(
    ("payment", "waited_s", "expired"),
    [
        (Payment.NEW, 14399.999, False),
        (Payment.NEW, 14400, True),
        (Payment.HOLD_FAILED, 14400, True),
        (Payment.HOLDING, 14400, False),
        (Payment.HELD, 14400, False),
        (Payment.CANCELLED, 14400, False),
        (Payment.EXPIRED, 0, True),
    ],
)
def test_only_an_order_that_can_be_paid_expires_by_the_clock(
    here: Shop, payment: Payment, waited_s: float, expired: bool
) -> None:
    order_id = here.opened_in(payment)
    here.clock.advance(waited_s)

    assert here.get(order_id=order_id)[1]["expired"] is expired


def test_reading_writes_nothing(here: Shop) -> None:
    order_id = here.holding()

    with here.watched() as seen:
        here.get(order_id=order_id)

    assert set(seen) == {"dynamodb.GetItem", "dynamodb.Query"}


def test_basket_shown_is_the_one_of_the_version(here: Shop) -> None:
    order_id = here.open()
    changed: dict[str, Any] = {"table": "13", "waiter": {"id": "w8", "name": "Олег"}}
    here.post("create", external_version=2, **changed)

    _, body = here.get(order_id=order_id)

    assert (body["table"], body["waiter"], body["version"]) == ("13", changed["waiter"], 2)
