"""POST /qr-orders/v1/create: the bill must add up to the last kopeck (decision 4, X5)."""

from typing import Any

import pytest

from shared.money import Money
from tests.qr_orders.support import Shop
from tests.qr_orders.test_create import item, refusal


def bill(total: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"total": total, "items": list(items)}


@pytest.mark.parametrize(
    ("price", "quantity", "total"),
    [
        ("0.50", "0.01", "0.01"),
        ("0.33", "1.5", "0.50"),
        ("0.10", "0.049", "0.00"),
        ("100.01", "0.125", "12.50"),
        ("999.99", "0.333", "333.00"),
        ("10", "3", "30"),
    ],
)
def test_line_is_price_by_quantity_rounded_half_up(
    here: Shop, price: str, quantity: str, total: str
) -> None:
    other = item(id="2", price="1.00", total="1.00")
    rounded = item(price=price, quantity=quantity, total=total)
    both = Money.parse(total, "RUB") + Money(100, "RUB")

    status, body = here.post("create", **bill(str(both), rounded, other))

    assert status == 200, body


def test_discount_is_taken_off_the_line(here: Shop) -> None:
    lines = item(price="1000.00", quantity="1.5", discount="0.01", total="1499.99")

    status, body = here.post("create", **bill("1499.99", lines))

    assert (status, body["total"]) == (200, "1499.99")


def test_discount_of_the_whole_order_is_information_only(here: Shop) -> None:
    order_id = here.open(discount="30.00")

    _, shown = here.get(order_id=order_id)

    assert (shown["total"], shown["discount"]) == ("1570.00", "30.00")


@pytest.mark.parametrize(
    "changes",
    [
        bill("1570.01", item()),
        bill("1569.99", item()),
        bill("0.00", item()),
        bill("1570.00", item(total="1569.99")),
        bill("1569.99", item(total="1569.99")),
        bill("1570.00", item(price="1600.00")),
        bill("1570.00", item(discount="0.01")),
        bill("0.02", item(price="0.01", quantity="1.5", total="0.01")),
        bill("1.00", item(price="1.00", discount="2.00", total="1.00")),
        bill("1570.00", item(), item(id="2")),
    ],
)
def test_bill_that_does_not_add_up_is_refused(here: Shop, changes: dict[str, Any]) -> None:
    assert refusal(here.post("create", **changes)) == (422, "total_mismatch")
    assert here.rows("orders") == here.rows("claims") == []


def test_refusal_names_the_line(here: Shop) -> None:
    _, body = here.post("create", **bill("1570.00", item(id="soup", total="1.00")))

    assert body["details"] == {"item": "soup"}


def test_bill_of_nothing_is_refused(here: Shop) -> None:
    nothing = item(price="10.00", discount="10.00", total="0.00")

    assert refusal(here.post("create", **bill("0.00", nothing))) == (422, "zero_total")


def test_line_given_twice_is_refused(here: Shop) -> None:
    twice = item(price="785.00", total="785.00")

    answer = here.post("create", **bill("1570.00", twice, twice))

    assert refusal(answer) == (422, "duplicate_item")


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "XTS"},
        bill("1570.001", item()),
        bill("1570.00", item(price="1570.001")),
        bill("01570.00", item()),
        bill("1570.00", item(quantity="0")),
        bill("1570.00", item(quantity="0.000")),
    ],
)
def test_amount_that_its_currency_does_not_have_is_refused(
    here: Shop, changes: dict[str, Any]
) -> None:
    assert refusal(here.post("create", **changes)) == (422, "bad_amount")


@pytest.mark.parametrize(
    "line",
    [
        item(quantity="0.3333"),
        item(quantity="-1"),
        item(quantity=1),
        item(price="-1570.00", total="-1570.00"),
        item(price="1e3"),
        item(price="1 570.00"),
        item(price="١٥٧٠"),
        item(price=1570.0),
        item(vat="18"),
        item(id="a b"),
        item(name=""),
    ],
)
def test_line_of_another_form_is_not_read(here: Shop, line: dict[str, Any]) -> None:
    assert refusal(here.post("create", items=[line])) == (400, "validation_failed")


@pytest.mark.parametrize("vat", ["none", "0", "5", "7", "10", "20", "22"])
def test_every_vat_rate_of_the_law_is_taken(here: Shop, vat: str) -> None:
    assert here.post("create", **bill("1570.00", item(vat=vat)))[0] == 200


def test_two_hundred_lines_are_the_most(here: Shop) -> None:
    lines = [item(id=str(number), price="1.00", total="1.00") for number in range(201)]

    assert here.post("create", **bill("200.00", *lines[:200]))[0] == 200
    assert here.post("create", **bill("201.00", *lines))[0] == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"partner": None},
        {"items": []},
        {"external_version": 0},
        {"external_version": "1"},
        {"external_order_id": ""},
        {"external_order_id": "a#b"},
        {"currency": "rub"},
        {"expires_in_sec": 4},
    ],
)
def test_request_of_another_form_is_not_read(here: Shop, changes: dict[str, Any]) -> None:
    assert refusal(here.post("create", **changes)) == (400, "validation_failed")
