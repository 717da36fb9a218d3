"""Task qr_order_render_receipt: the fiscal receipt becomes a PDF (RC-08..10, 14..21, 26)."""

from hashlib import sha256

import pytest

from local.receipt_reader import read_receipt
from shared import aws
from tests.qr_orders.conftest import Measured
from tests.qr_orders.outside import NOTIFICATIONS, fiscal_receipt
from tests.qr_orders.support import Shop
from tests.support import calls

BUCKET = "test-qr-receipts-123456789012-eu-central-1"
POLLS = 10
QR = "t=20260102T1303&s=1570.00&fn=9960440300000001&i=1&fp=1&n=1"


def render(order_id: str) -> str:
    return f"qr_order_render_receipt#{order_id}-1/1"


def receipt_path(order_id: str) -> str:
    return f"/eda/v1/invoices/{order_id}-1/documents/1/receipt"


def awaited(here: Shop) -> str:
    """A paid order whose receipt is being made at Eda."""

    def requested() -> str:
        order_id = here.cleared()
        here.outside.says("PUT", f"/eda/v1/invoices/{order_id}-1/documents/1", {}, 202)
        here.outside.says("POST", NOTIFICATIONS, {}, 202)
        assert here.work(f"qr_order_process_cleared#{order_id}#1-1")
        return order_id

    order_id = here.once(requested)
    here.outside.says("GET", receipt_path(order_id), {"status": "pending"}, 202)
    return order_id


def stored_pdf(here: Shop, order_id: str) -> bytes:
    with calls.outside():
        key = f"receipts/{order_id}/{order_id}-1-1.pdf"
        found = aws.client("s3").get_object(Bucket=BUCKET, Key=key)
    assert found["ContentType"] == "application/pdf"
    pdf: bytes = found["Body"].read()
    return pdf


def keys(here: Shop) -> list[str]:
    with calls.outside():
        found = aws.client("s3").list_objects_v2(Bucket=BUCKET)
    return [entry["Key"] for entry in found.get("Contents", [])]


def test_receipt_that_is_not_ready_is_asked_for_again_in_a_period(here: Shop) -> None:
    order_id = awaited(here)

    assert here.work(render(order_id))

    task = here.tasks()[render(order_id)]
    assert (task["payload"]["polls"], task["attempts"]) == (1, 0)
    assert here.due_in_s(render(order_id)) == 30
    assert keys(here) == []


def test_receipt_that_takes_long_is_asked_for_ever_more_rarely(here: Shop) -> None:
    order_id = awaited(here)
    for poll in range(1, POLLS + 1):
        here.work(render(order_id))
        assert here.tasks()[render(order_id)]["payload"]["polls"] == poll

    pauses = []
    for _ in range(10):
        assert here.work(render(order_id))
        pauses.append(here.due_in_s(render(order_id)))

    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]


def test_attempts_and_age_of_a_receipt_are_measured_at_every_poll(
    here: Shop, measured: Measured
) -> None:
    order_id = awaited(here)
    for _ in range(POLLS + 1):
        here.work(render(order_id))

    attempts = [value for name, value in measured if name == "ReceiptTaskAttempts"]
    ages = [value for name, value in measured if name == "ReceiptTaskAgeSec"]
    assert attempts == [*range(1, POLLS + 2)]
    assert ages == [30 * attempt for attempt in attempts]


def test_ready_receipt_becomes_a_pdf(here: Shop) -> None:
    order_id = awaited(here)
    here.outside.says("GET", receipt_path(order_id), fiscal_receipt())

    assert here.work(render(order_id))

    text = read_receipt(stored_pdf(here, order_id)).text
    assert "1 570,00" in text
    assert "ООО «Демо Ресторан»" in text
    assert keys(here) == [f"receipts/{order_id}/{order_id}-1-1.pdf"]


def test_row_says_where_the_pdf_lies_and_what_its_code_says(here: Shop) -> None:
    order_id = awaited(here)
    here.outside.says("GET", receipt_path(order_id), fiscal_receipt())

    here.work(render(order_id))

    (row,) = here.rows("receipts")
    assert (row["state"], row["key"]) == ("stored", f"receipts/{order_id}/{order_id}-1-1.pdf")
    assert row["fiscal"] == {"qr": QR, "total": "1570.00"}
    assert here.get(order_id=order_id)[1]["receipts"][0]["key"] == row["key"]
    assert here.tasks() == {}


def test_receipt_ready_after_the_polls_is_stored_too(here: Shop) -> None:
    order_id = awaited(here)
    for _ in range(POLLS + 3):
        here.work(render(order_id))
    here.outside.says("GET", receipt_path(order_id), fiscal_receipt())

    here.work(render(order_id))

    assert here.rows("receipts")[0]["state"] == "stored"


def test_second_run_does_nothing(here: Shop) -> None:
    order_id = awaited(here)
    here.outside.says("GET", receipt_path(order_id), fiscal_receipt())
    here.work(render(order_id))
    row = here.rows("receipts")
    here.outside.forget()
    here.arm(render(order_id), order_id=order_id, document_id=f"{order_id}-1/1", polls=0)

    assert here.work(render(order_id))

    assert here.outside.asked == []
    assert (here.rows("receipts"), here.tasks()) == (row, {})


def test_pdf_is_the_same_to_the_byte_and_put_once(here: Shop) -> None:
    order_id = awaited(here)
    here.outside.says("GET", receipt_path(order_id), fiscal_receipt())
    start = here.aws.snapshot()
    here.work(render(order_id))
    first = sha256(stored_pdf(here, order_id)).hexdigest()
    here.aws.restore(start)
    here.clock.advance(3600)

    here.work(render(order_id))

    assert sha256(stored_pdf(here, order_id)).hexdigest() == first


def test_pdf_left_by_a_crash_is_kept_and_recorded(here: Shop) -> None:
    order_id = awaited(here)
    here.outside.says("GET", receipt_path(order_id), fiscal_receipt())
    key = f"receipts/{order_id}/{order_id}-1-1.pdf"
    with calls.outside():
        left = {"Body": b"earlier", "ContentType": "application/pdf"}
        aws.client("s3").put_object(Bucket=BUCKET, Key=key, **left)

    here.work(render(order_id))

    assert stored_pdf(here, order_id) == b"earlier"
    assert here.rows("receipts")[0]["state"] == "stored"


def test_row_is_never_without_its_file(here: Shop) -> None:
    order_id = awaited(here)
    here.outside.says("GET", receipt_path(order_id), fiscal_receipt())
    here.module("tasks.render_receipt")

    with here.watched() as seen:
        here.work(render(order_id))

    assert seen.index("s3.PutObject") < seen.index("dynamodb.TransactWriteItems")


@pytest.mark.parametrize("total", [156999, 157001])
def test_receipt_of_another_sum_is_reported_and_kept(
    here: Shop, measured: Measured, total: int
) -> None:
    order_id = awaited(here)
    here.outside.says("GET", receipt_path(order_id), fiscal_receipt(total))

    here.work(render(order_id))

    assert ("ReceiptSumMismatch", 1) in measured
    assert here.rows("receipts")[0]["state"] == "stored"


def test_receipt_of_the_right_sum_is_not_reported(here: Shop, measured: Measured) -> None:
    order_id = awaited(here)
    here.outside.says("GET", receipt_path(order_id), fiscal_receipt())

    here.work(render(order_id))

    assert ("ReceiptSumMismatch", 1) not in measured


def test_age_of_a_receipt_is_measured_beyond_a_day(here: Shop, measured: Measured) -> None:
    order_id = awaited(here)
    here.clock.advance(2 * 86400)
    here.outside.says("GET", receipt_path(order_id), fiscal_receipt())

    here.work(render(order_id))

    assert ("ReceiptTaskAgeSec", 2 * 86400) in measured


@pytest.mark.parametrize("trouble", ["down", "unreadable"])
def test_eda_that_does_not_answer_is_asked_again_in_a_period(here: Shop, trouble: str) -> None:
    order_id = awaited(here)
    path = receipt_path(order_id)
    match trouble:
        case "down":
            here.outside.times_out("GET", path)
        case "unreadable":
            here.outside.says("GET", path, b"<html>")

    assert here.work(render(order_id))

    assert here.due_in_s(render(order_id)) == 30
    assert here.rows("receipts")[0]["state"] == "requested"


@pytest.mark.parametrize("trouble", ["failed for good", "no receipt"])
def test_eda_that_answers_wrongly_is_asked_again(here: Shop, trouble: str) -> None:
    order_id = awaited(here)
    path = receipt_path(order_id)
    match trouble:
        case "failed for good":
            here.outside.refuses("GET", path, 410, "receipt_failed")
        case "no receipt":
            here.outside.says("GET", path, {"total": 1})

    assert here.work(render(order_id))

    assert here.tasks()[render(order_id)]["attempts"] == 1
    assert here.rows("receipts")[0]["state"] == "requested"


def test_receipt_that_never_comes_is_parked_after_three_days(
    here: Shop, measured: Measured
) -> None:
    order_id = awaited(here)
    here.clock.advance(72 * 3600 - 31)
    here.work(render(order_id))
    assert here.tasks()[render(order_id)]["shard"] != "parked"

    here.clock.advance(60)
    here.work(render(order_id))

    assert here.tasks()[render(order_id)]["shard"] == "parked"
    assert ("TaskParked", 1) in measured
    asked = len(here.outside.asked)
    assert here.work(render(order_id))
    assert len(here.outside.asked) == asked


def test_receipt_that_nobody_requested_is_not_made(here: Shop) -> None:
    order_id = here.open()
    here.arm(render(order_id), order_id=order_id, document_id=f"{order_id}-1/1", polls=0)

    here.work(render(order_id))

    assert (here.tasks(), here.outside.asked) == ({}, [])
