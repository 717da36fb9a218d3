"""Reading fiscal receipts: spellings, wrappers, and what is refused."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qr_orders.receipts.codes import Agent, Form, Operation, PaymentType, Taxation, VatRate
from qr_orders.receipts.fiscal import FiscalReceipt, MalformedReceipt
from tests.qr_orders.receipts.sample import document, with_item

MOSCOW = timezone(timedelta(hours=3))
RIDE = FiscalReceipt.parse(document("ride"))

WRAPPERS: dict[str, Callable[[object], object]] = {
    "receipt": lambda bare: {"receipt": bare},
    "document": lambda bare: {"document": {"receipt": bare}},
    "ticket": lambda bare: [{"ticket": {"document": {"receipt": bare}}}],
    "data": lambda bare: {"code": 1, "data": {"json": bare}},
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def refusal(malformed: object) -> str:
    with pytest.raises(MalformedReceipt) as caught:
        FiscalReceipt.parse(malformed)
    return caught.value.reason


def test_dinner_reads_as_the_till_printed_it() -> None:
    receipt = FiscalReceipt.parse(document("dinner"))

    assert (receipt.form, receipt.operation) == (Form.RECEIPT, Operation.SALE)
    assert receipt.settled_at == datetime(2026, 11, 20, 21, 47)  # noqa: DTZ001 the till's clock
    assert (receipt.shift, receipt.number_in_shift) == (118, 204)
    assert (receipt.total, receipt.payments.cashless) == (154_000, 154_000)
    assert receipt.taxation is Taxation.GENERAL
    assert receipt.vat == ((VatRate.MAIN, 24_500), (VatRate.NONE, 7_000))
    assert [item.amount for item in receipt.items] == [78_000, 15_000, 54_000, 7_000]
    assert [item.discount for item in receipt.items] == [0, 0, 6_000, 0]


def test_blanks_of_fixed_width_fields_are_trimmed() -> None:
    receipt = FiscalReceipt.parse(document("dinner"))

    assert receipt.seller.inn == "7700000000"
    assert receipt.till.registration == "0001234567012345"


def test_old_spellings_read_like_new_ones() -> None:
    receipt = FiscalReceipt.parse(document("old_format"), epoch_zone=UTC)

    assert receipt.taxation is Taxation.SIMPLIFIED_INCOME_MINUS_COST
    assert receipt.till.factory_number == "00106700000002"
    assert receipt.tax_site == "www.nalog.ru"
    assert receipt.buyer.contact == "+70000000003"
    assert receipt.sender == "shop@example.com"
    payments = receipt.payments
    assert (payments.prepaid, payments.credit, payments.provision) == (10_000, 6_000, 4_000)


def test_agents_suppliers_and_marking_are_read() -> None:
    receipt = FiscalReceipt.parse(document("old_format"), epoch_zone=UTC)
    cheese, water = receipt.items

    assert receipt.seller.agent == cheese.agent == Agent.AGENT
    assert cheese.quantity == Decimal("0.412")
    assert cheese.payment_type is PaymentType.FULL_PREPAYMENT
    assert (cheese.supplier_name, cheese.supplier_inn) == ("ООО «Сыроварня»", "7700000001")
    assert cheese.supplier_phones == ("+70000000001", "+70000000002")
    assert water.marking == "0104600000000017215test"
    assert receipt.vat == ((VatRate.TEN, 3_371), (VatRate.TWENTY_TWO, 902))


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_every_wrapper_holds_the_same_receipt(wrapper: str) -> None:
    assert FiscalReceipt.parse(WRAPPERS[wrapper](document("ride"))) == RIDE


def test_strict_accountability_wrapper_makes_that_form() -> None:
    wrapped = {"document": {"bso": document("ride", code=None)}}

    assert FiscalReceipt.parse(wrapped).form is Form.BSO


def test_absent_optional_fields_are_absent_from_the_receipt() -> None:
    optional = ("kktNumber", "retailPlace", "buyerPhoneOrAddress", "appliedTaxationType", "fnsUrl")
    receipt = FiscalReceipt.parse(document("ride", **dict.fromkeys(optional)))

    assert receipt.till.factory_number is None
    assert receipt.seller.place is None
    assert receipt.buyer.contact is None
    assert receipt.taxation is None
    assert receipt.tax_site == "www.nalog.gov.ru"


def test_postal_address_of_the_new_format_is_no_contact() -> None:
    postal = document("ride", buyerPhoneOrAddress=None, buyerAddress="101000, Москва")

    assert FiscalReceipt.parse(postal).buyer.contact is None


def test_true_instant_and_local_seconds_read_to_the_same_clock() -> None:
    instant, counted_as_utc = document("ride", dateTime=1795165380), document("old_format")

    assert FiscalReceipt.parse(instant, epoch_zone=MOSCOW).settled_at == RIDE.settled_at
    assert FiscalReceipt.parse(counted_as_utc, epoch_zone=UTC).settled_at == RIDE.settled_at


def test_unix_seconds_are_refused_until_their_meaning_is_given() -> None:
    assert "dateTime" in refusal(document("ride", dateTime=1795165380))


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-20T12:03:00Z",
        "2026-11-20",
        "2026-02-30T12:03",
        "2026-11-20T24:00",
        True,
        1.5,
        2**70,
    ],
)
def test_other_spellings_of_time_are_refused(moment: object) -> None:
    with pytest.raises(MalformedReceipt, match="dateTime"):
        FiscalReceipt.parse(document("ride", dateTime=moment), epoch_zone=UTC)


@pytest.mark.parametrize(
    "field",
    [
        *("fiscalDriveNumber", "fiscalDocumentNumber", "fiscalSign", "operationType"),
        *("dateTime", "totalSum", "user", "userInn", "kktRegId", "shiftNumber", "requestNumber"),
        *("items", "ecashTotalSum"),
    ],
)
def test_receipt_without_a_lawful_field_is_refused(field: str) -> None:
    assert refusal(document("ride", **{field: None}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fiscalSign", 576585508.0),
        ("fiscalSign", 0),
        ("fiscalSign", 2**32),
        ("fiscalSign", "576585508"),
        ("totalSum", 500.0),
        ("totalSum", 50000.0),
        ("totalSum", "500.00"),
        ("totalSum", True),
        ("totalSum", -50000),
        ("fiscalDriveNumber", 9960440300000001),
        ("fiscalDriveNumber", "99604403000000010"),
        ("fiscalDocumentNumber", 0),
        ("operationType", 5),
        ("appliedTaxationType", 3),
        ("paymentAgentType", 128),
        ("code", 31),
        ("user", ["ООО"]),
        ("items", {"name": "Кофе"}),
        ("items", ["Кофе"]),
        ("items", []),
        ("properties", "A-100"),
    ],
)
def test_wrong_value_is_refused_by_its_name(field: str, value: object) -> None:
    reason = refusal(document("ride", **{field: value}))

    assert field in reason or reason.startswith("taxationType")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", 500.5),
        ("sum", "50000"),
        ("nds", 13),
        ("paymentType", 8),
        ("name", "   "),
        ("quantity", 0),
        ("quantity", "1"),
        ("quantity", float("nan")),
        ("quantity", 10**8 + 1),
        ("quantity", 0.1234567),
    ],
)
def test_wrong_item_is_refused(field: str, value: object) -> None:
    assert field in refusal(with_item("ride", **{field: value}))


def test_several_receipts_are_not_one() -> None:
    assert "not one receipt" in refusal([document("ride"), document("ride")])


def test_rounding_to_a_whole_rouble_may_lower_the_total() -> None:
    rounded = with_item("ride", price=50099, sum=50099)

    assert FiscalReceipt.parse(rounded).rounding == 99


@pytest.mark.parametrize("amount", [49_999, 50_100, 60_000])
def test_items_that_do_not_add_up_are_refused(amount: int) -> None:
    assert "items do not add up" in refusal(with_item("ride", sum=amount))


def test_kopecks_may_not_be_lost_from_a_total_with_kopecks() -> None:
    lost = document("ride", totalSum=49_950, ecashTotalSum=49_950)

    assert "items do not add up" in refusal(lost)


def test_payments_that_do_not_add_up_are_refused() -> None:
    assert "forms of payment" in refusal(document("ride", cashTotalSum=1))


def test_contradicting_vat_amounts_are_refused() -> None:
    newer = {"amountsNds": [{"nds": 1, "ndsSum": 1}]}

    assert "amountsNds" in refusal(document("dinner", amountsReceiptNds=newer))


@given(
    field=st.sampled_from(sorted(document("old_format"))),
    value=JSON,
    wrapper=st.sampled_from(sorted(WRAPPERS)),
)
def test_any_other_value_reads_or_is_refused(field: str, value: Any, wrapper: str) -> None:
    changed = json.loads(json.dumps(document("old_format") | {field: value}))
    with suppress(MalformedReceipt):
        receipt = FiscalReceipt.parse(WRAPPERS[wrapper](changed), epoch_zone=UTC)
        assert receipt.payments.total == receipt.total


@given(JSON)
def test_any_json_is_no_receipt(value: Any) -> None:
    assert refusal(value)
