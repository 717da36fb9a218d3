"""qr_partner_integration.schema: what a till may send (QI-09)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qr_partner_integration import schema
from shared.errors import InvalidRequest
from shared.http import validated
from tests.support.intrinsics import ROOT, Json


def sample() -> Json:
    found = json.loads((ROOT / "events/qr_partner_integration/orders.json").read_text())
    body: Json = json.loads(found["body"])
    return body


def changed(**changes: Any) -> Json:
    return {**sample(), **changes}


def with_item(**changes: Any) -> Json:
    body = sample()
    return {**body, "items": [{**body["items"][0], **changes}]}


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("  Борщ \t с\nговядиной ", "Борщ с говядиной"),
        ("Чай\x00\x1b\x7f", "Чай"),
        ("Со\u200bк\u202e", "Сок"),
        ("Кофе\u2028латте", "Кофе латте"),
        ("Ñoño 🍲", "Ñoño 🍲"),
    ],
)
def test_a_name_is_cleaned(raw: str, name: str) -> None:
    bill = validated(schema.CreateOrder, with_item(name=raw)).to_bill()
    assert bill.lines["items"][0]["name"] == name


@given(st.text())
def test_a_cleaned_name_is_clean(text: str) -> None:
    cleaned = schema.clean(text)
    assert cleaned == schema.clean(cleaned) == cleaned.strip()
    assert not any(ord(char) < 32 for char in cleaned)


BAD = {
    "number as sum": changed(total=1570.0),
    "negative sum": changed(total="-1.00"),
    "exponent": changed(total="1e3"),
    "comma": changed(total="1570,00"),
    "four decimals": changed(total="1.0000"),
    "Arabic digits": changed(total="١٥٧٠"),
    "line end": changed(total="1570.00\n"),
    "leading zero": changed(total="01570"),
    "version as text": changed(version="1"),
    "version as flag": changed(version=True),
    "version zero": changed(version=0),
    "no items": changed(items=[]),
    "201 items": changed(items=sample()["items"][:1] * 201),
    "id with a slash": changed(order_id="a/b"),
    "long id": changed(order_id="a" * 65),
    "no id": changed(order_id=""),
    "lower currency": changed(currency="rub"),
    "list": [],
    "text": "{}",
    "empty name": with_item(name=" \u200b "),
    "long name": with_item(name="я" * 201),
    "lone surrogate": with_item(name="\ud800"),
    "zero quantity": with_item(quantity="0"),
    "fine quantity": with_item(quantity="0.0001"),
    "number as quantity": with_item(quantity=2),
    "unknown VAT": with_item(vat="18"),
    "number as VAT": with_item(vat=20),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_bill_is_refused_by_field_and_not_by_value(kind: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        validated(schema.CreateOrder, BAD[kind])

    assert refused.value.code == "validation_failed"
    fields = refused.value.details["fields"]
    assert isinstance(fields, list)
    assert all(set(field) == {"field", "problem"} for field in fields)


def test_unknown_fields_are_neither_refused_nor_copied() -> None:
    body = {**with_item(secret="x"), "partner_id": "p_foreign", "group_id": "g", "user_id": "u"}

    bill = validated(schema.CreateOrder, body).to_bill()

    assert set(bill.lines) == {"table", "discount", "items", "waiter", "expires_in_sec"}
    assert "secret" not in bill.lines["items"][0]


def test_an_items_discount_is_none_unless_it_is_told() -> None:
    bill = validated(schema.CreateOrder, sample()).to_bill()
    assert [item["discount"] for item in bill.lines["items"]] == ["0", "0", "60.00", "0"]
