"""Wire models of qr_orders: strict at the door, closed on the way out (AR-16, decision 18a)."""

import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from qr_orders.model import Payment
from qr_orders.schema.create import Create, Created
from qr_orders.schema.orders import Get, PaymentStarted
from qr_orders.schema.wire import WireItem
from shared.errors import AppError
from shared.money import Money
from tests.qr_orders.samples import ORDER, order
from tests.qr_orders.support import sample


def said(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(sample("create")["body"])
    return body | changes


def digest(**changes: Any) -> str:
    return Create.model_validate(said(**changes)).to_draft().digest


@pytest.mark.parametrize(
    "changes",
    [
        {"external_version": 2},
        {"expires_in_sec": 600},
        {"partner": said()["partner"] | {"name": "Новое имя"}},
        {"unknown": "x"},
        {"items": [item | {"unknown": "x"} for item in said()["items"]]},
    ],
)
def test_digest_is_of_what_the_till_said(changes: dict[str, Any]) -> None:
    assert digest(**changes) == digest()


@pytest.mark.parametrize(
    "changes",
    [
        {"table": "13"},
        {"waiter": None},
        {"discount": "30.00"},
        {"pos_system": "r_keeper"},
        {"group_id": "g_other"},
        {"items": said()["items"][::-1]},
        {"items": [item | {"unit": "kg"} for item in said()["items"]]},
        {"items": [item | {"vat": "10"} for item in said()["items"]]},
    ],
)
def test_digest_tells_other_content(changes: dict[str, Any]) -> None:
    assert digest(**changes) != digest()


def test_digest_does_not_depend_on_the_order_of_fields() -> None:
    turned = Create.model_validate(dict(reversed(said().items())))

    assert turned.to_draft().digest == digest()


@pytest.mark.parametrize(
    ("quantity", "shown"),
    [("2", "2"), ("2.000", "2"), ("100", "100"), ("0.125", "0.125"), ("1.50", "1.5")],
)
def test_quantity_is_shown_plainly(quantity: str, shown: str) -> None:
    item = WireItem.model_validate(
        {"id": "1", "name": "Чай", "quantity": quantity, "price": "0.00", "total": "0.00"}
        | {"vat": "none"}
    ).to_item("RUB")

    assert item.quantity == Decimal(quantity)
    assert WireItem.of(item).quantity == shown


def test_line_is_shown_with_all_its_decimals() -> None:
    line = {"id": "1", "name": "Чай", "quantity": "1", "unit": "pcs", "vat": "none"}
    item = WireItem.model_validate(line | {"price": "10", "total": "9.5", "discount": "0.5"})

    shown = WireItem.of(item.to_item("KZT")).model_dump()

    assert shown == line | {"price": "10.00", "discount": "0.50", "total": "9.50"}


@pytest.mark.parametrize("query", [{}, {"order_id": "a", "short_code": "AAAA2222"}])
def test_order_has_one_name_in_a_question(query: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Get.model_validate(query)


def test_created_order_is_shown_with_its_link() -> None:
    shown = Created.of(ORDER, True, "https://pay.example")

    assert shown.qr.payload == f"https://pay.example/q/{ORDER.order_id}"
    assert (shown.total, shown.currency) == ("1570.00", "RUB")


def test_payment_is_shown_under_its_attempt() -> None:
    shown = PaymentStarted.of(order(Payment.INIT, attempt=3))

    assert shown.model_dump() == {
        "order_id": ORDER.order_id,
        "invoice_id": f"{ORDER.order_id}-3",
        "payment_status": "init",
    }


def test_largest_bill_is_exact() -> None:
    line = {"id": "1", "name": "Зал", "quantity": "1", "vat": "20"}
    most = "999999999999.99"
    body = said(total=most, items=[line | {"price": most, "total": most}])

    assert Create.model_validate(body).to_draft().total == Money(99_999_999_999_999, "RUB")


@pytest.mark.parametrize("total", ["1570.001", "0001570.00"])
def test_refusal_of_an_amount_does_not_quote_it(total: str) -> None:
    with pytest.raises(AppError) as caught:
        Create.model_validate(said(total=total)).to_draft()

    assert (caught.value.code, caught.value.details) == ("bad_amount", {})
