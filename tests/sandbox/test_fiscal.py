"""Receipts made by the sandbox are receipts to the reader that will print them."""

import json
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qr_orders.receipts.codes import Operation, VatRate
from qr_orders.receipts.fiscal import FiscalReceipt
from sandbox.fiscal import RATES, receipt
from sandbox.schema.eda import Document
from tests.sandbox.document import Line, document
from tests.support.intrinsics import Json


def made(*lines: Line, document_id: str = "o-1-1/1", **changes: object) -> Json:
    body = Document.model_validate(document(*lines, **changes)).to_document()
    found: Json = json.loads(json.dumps(receipt(document_id, body)))
    return found


def parsed(*lines: Line, document_id: str = "o-1-1/1", **changes: object) -> FiscalReceipt:
    return FiscalReceipt.parse(made(*lines, document_id=document_id, **changes))


def test_payment_and_refund_differ_in_the_sign_of_settlement() -> None:
    assert parsed().operation is Operation.SALE
    assert parsed(type="refund").operation is Operation.SALE_RETURN


def test_moment_is_the_clock_on_a_moscow_wall() -> None:
    assert parsed().settled_at == datetime(2026, 11, 21, 0, 30)  # noqa: DTZ001


def test_discounted_line_keeps_its_full_price() -> None:
    steak = parsed().items[1]

    assert (steak.price, steak.amount, steak.discount) == (80000, 76000, 4000)


def test_weighed_goods_keep_their_quantity() -> None:
    cheese = parsed(("Сыр", "0.412", "899.90", "370.76", "10"), total="370.76").items[0]

    assert cheese.quantity == Decimal("0.412")


@pytest.mark.parametrize(
    ("vat", "rate", "tax"),
    [
        ("20", VatRate.MAIN, 1667),
        ("10", VatRate.TEN, 909),
        ("5", VatRate.FIVE, 476),
        ("7", VatRate.SEVEN, 654),
        ("22", VatRate.TWENTY_TWO, 1803),
        ("0", VatRate.ZERO, 10000),
        ("none", VatRate.NONE, 10000),
    ],
)
def test_tax_stands_on_the_line_and_in_the_total(vat: str, rate: VatRate, tax: int) -> None:
    found = parsed(("Soup", "1", "100.00", "100.00", vat), total="100.00")

    assert found.items[0].vat is rate
    assert found.vat == ((rate, tax),)
    assert found.items[0].vat_amount == (None if RATES[vat].percent == 0 else tax)


def test_half_a_kopeck_of_tax_is_rounded_up() -> None:
    # 0.03 at 20 % holds 0.005 of tax.
    found = parsed(("Salt", "1", "0.03", "0.03", "20"), total="0.03")

    assert found.items[0].vat_amount == 1


def test_fiscal_numbers_follow_from_the_document_alone() -> None:
    first, repeat, other = made(), made(), made(document_id="o-1-1/2")

    numbers = ("fiscalDriveNumber", "fiscalDocumentNumber", "fiscalSign")

    assert first == repeat
    assert all(first[name] != other[name] for name in numbers)
    assert (len(first["fiscalDriveNumber"]), len(first["kktRegId"])) == (16, 16)


LINES = st.lists(
    st.tuples(st.integers(1, 10**8), st.sampled_from(sorted(RATES))), min_size=1, max_size=8
)


@given(LINES, st.uuids())
@example([(1, "10"), (6, "10")], "tax-of-nothing")
@settings(max_examples=60, deadline=None)
def test_every_document_becomes_a_receipt_that_adds_up(
    amounts: list[tuple[int, str]], number: object
) -> None:
    def text(kopecks: int) -> str:
        return f"{kopecks // 100}.{kopecks % 100:02d}"

    total = sum(amount for amount, _ in amounts)
    lines = [("Soup", "1", text(amount), text(amount), vat) for amount, vat in amounts]

    found = parsed(*lines, total=text(total), document_id=f"{number}-1/1")

    assert found.total == found.payments.cashless == total
    for rate, taxed in found.vat:
        of_rate = [item for item in found.items if item.vat is rate]
        assert taxed == sum(
            item.amount if item.vat_amount is None else item.vat_amount for item in of_rate
        )
