"""The six fields of a receipt's QR code, both ways."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qr_orders.receipts.codes import Operation
from qr_orders.receipts.fiscal import FiscalReceipt, MalformedReceipt
from qr_orders.receipts.qr import ReceiptQr, parse_qr, qr_text
from tests.qr_orders.receipts.sample import document

PUBLISHED = "t=20150720T1638&s=9999999.00&fn=000110000105&i=12345678&fp=123456&n=2"
RIDE = "t=20261120T1203&s=500.00&fn=9960440300000001&i=43553&fp=576585508&n=1"

codes = st.builds(
    ReceiptQr,
    settled_at=st.datetimes(datetime(2017, 1, 1), datetime(2099, 1, 1)).map(  # noqa: DTZ001
        lambda moment: moment.replace(second=0, microsecond=0)
    ),
    total=st.integers(0, 2**47),
    fiscal_drive=st.from_regex(r"[0-9]{16}", fullmatch=True),
    document_number=st.integers(1, 2**32 - 1),
    fiscal_sign=st.integers(1, 2**32 - 1),
    operation=st.sampled_from(Operation),
)


def test_published_code_is_written_as_it_was_read() -> None:
    code = parse_qr(PUBLISHED)

    assert code.operation is Operation.SALE_RETURN
    assert (code.total, code.fiscal_drive) == (999_999_900, "000110000105")
    assert code.text == PUBLISHED


def test_code_of_a_sale() -> None:
    assert qr_text(FiscalReceipt.parse(document("ride"))) == RIDE


def test_code_of_its_return_carries_the_new_numbers() -> None:
    returned = document("ride", operationType=2, fiscalDocumentNumber=43554, fiscalSign=7)

    expected = "t=20261120T1203&s=500.00&fn=9960440300000001&i=43554&fp=7&n=2"
    assert qr_text(FiscalReceipt.parse(returned)) == expected


def test_kopecks_and_serials_keep_their_zeros_and_numbers_do_not() -> None:
    small = document("ride", totalSum=5, ecashTotalSum=5, fiscalDriveNumber="0000000000000001")
    small["items"][0] |= {"price": 5, "sum": 5}

    assert "&s=0.05&fn=0000000000000001&i=43553&" in qr_text(FiscalReceipt.parse(small))


def test_code_with_seconds_is_read() -> None:
    assert parse_qr(RIDE.replace("T1203", "T120359")).settled_at.second == 59


@given(st.permutations(RIDE.split("&")))
def test_order_of_keys_does_not_matter(pairs: list[str]) -> None:
    assert parse_qr("&".join(pairs)) == parse_qr(RIDE)


@given(codes)
def test_what_is_written_reads_back(code: ReceiptQr) -> None:
    assert parse_qr(code.text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.com/",
        RIDE.replace("&n=1", ""),
        RIDE.replace("&n=1", "&n=5"),
        RIDE + "&n=2",
        RIDE.replace("500.00", "500"),
        RIDE.replace("500.00", "500,00"),
        RIDE.replace("T1203", "T1263"),
        RIDE.replace("20261120", "20260230"),
        RIDE.replace("576585508", "4294967296"),
        RIDE.replace("43553", "٤٣٥٥٣"),
    ],
)
def test_text_that_is_no_receipt_code_is_refused(text: str) -> None:
    with pytest.raises(MalformedReceipt):
        parse_qr(text)
