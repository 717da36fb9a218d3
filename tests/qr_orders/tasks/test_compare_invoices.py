"""Task qr_orders_compare_invoices: a day's orders against the transactions service (R14)."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qr_orders.model import Order, Payment
from qr_orders.model.invoice import Invoice
from qr_orders.model.reconciliation import AGREES, differences
from qr_orders.store import to_row
from qr_orders.use_cases import reconciliation
from shared import aws
from tests.qr_orders.conftest import Measured
from tests.qr_orders.outside import INVOICES
from tests.qr_orders.support import TOTAL, Shop, sample
from tests.support import calls
from tests.support.intrinsics import Json

BUCKET = "test-qr-orders-reports-123456789012-eu-central-1"
TASK = "qr_orders_compare_invoices#2026-01-02"
FOLDER = "reconciliation/dt=2026-01-02"


def begin(here: Shop) -> None:
    """The night after the orders' day."""
    here.clock.advance(timedelta(days=1).total_seconds())
    here.world.run(here.module("crons.reconcile"), sample("reconcile"))


def run(here: Shop) -> None:
    """The whole day, page after page."""
    begin(here)
    for _ in range(50):
        if TASK not in here.tasks():
            return
        assert here.work(TASK)
    raise AssertionError("the day never ends")


def files(here: Shop) -> dict[str, str]:
    with calls.outside():
        s3 = aws.client("s3")
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys}


def found(here: Shop) -> list[Json]:
    parts = [text for key, text in sorted(files(here).items()) if key.endswith(".jsonl")]
    return [json.loads(line) for part in parts for line in part.splitlines()]


def facts(here: Shop) -> set[tuple[str, str, str]]:
    return {(row["kind"], row["ours"], row["theirs"]) for row in found(here)}


def success(here: Shop) -> Json:
    counts: Json = json.loads(files(here)[f"{FOLDER}/_SUCCESS"])
    return counts


def total(measured: Measured) -> int:
    return sum(value for name, value in measured if name == "ReconciliationDifferences")


def cleared(here: Shop, **theirs: Any) -> str:
    order_id = here.opened_in(Payment.CLEARED)
    sums = {"held": "1570.00", "cleared": "1570.00"}
    status = theirs.pop("status", "cleared")
    here.outside.has_invoice(order_id, status, **(sums | theirs))
    return order_id


def several(here: Shop, count: int) -> list[str]:
    """Cleared orders of one day, beside the first, in the order of their ids."""
    first = here.order(cleared(here))
    ids = [first.order_id]
    for number in range(1, count):
        other = replace(first, order_id=first.order_id[:-2] + f"{number:02d}")
        with calls.outside():
            to_row(other).save()
        here.outside.has_invoice(other.order_id, "cleared")
        ids.append(other.order_id)
    return sorted(ids)


def test_day_without_a_difference_ends_in_success_alone(here: Shop, measured: Measured) -> None:
    cleared(here)

    run(here)

    assert [*files(here)] == [f"{FOLDER}/_SUCCESS"]
    assert success(here) == {"orders": 1, "differences": 0, "unknown": 0}
    assert total(measured) == 0


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        ({"status": "held"}, ("status", "cleared", "held")),
        ({"status": "refunded"}, ("status", "cleared", "refunded")),
        ({"version": 2}, ("version", "1", "2")),
        ({"held": "1570.01"}, ("held", "1570.00", "1570.01")),
        ({"cleared": "1569.99"}, ("cleared", "1570.00", "1569.99")),
        ({"refunded": "0.01"}, ("refunded", "0.00", "0.01")),
    ],
)
def test_each_kind_of_difference_is_told(
    here: Shop, measured: Measured, theirs: Json, told: tuple[str, str, str]
) -> None:
    order_id = cleared(here, **theirs)
    before = here.order(order_id)

    run(here)

    assert facts(here) == {told}
    assert found(here)[0]["order_id"] == order_id
    assert success(here)["differences"] == total(measured) == 1
    assert here.order(order_id) == before


def test_invoice_that_is_not_there_is_a_difference(here: Shop) -> None:
    order_id = cleared(here)
    here.outside.refuses("GET", f"{INVOICES}/{order_id}-1", 404, "invoice_not_found")

    run(here)

    assert facts(here) == {("status", "cleared", "none")}


def test_earlier_attempt_that_holds_money_is_a_difference(here: Shop) -> None:
    order_id = here.opened_in(Payment.CLEARED, attempt=2)
    here.outside.has_invoice(order_id, "held")
    current = {"id": f"{order_id}-2", "version": 1, "status": "cleared", "currency": "RUB"}
    sums = {"held": "1570.00", "cleared": "1570.00", "refunded": "0.00"}
    parts: dict[str, object] = {"transactions": [], "items": [], "operations": []}
    here.outside.says("GET", f"{INVOICES}/{order_id}-2", current | sums | parts)

    run(here)

    assert facts(here) == {("stray", "none", "held")}
    assert found(here)[0]["invoice_id"] == f"{order_id}-1"


def test_order_that_nobody_paid_is_not_compared(here: Shop) -> None:
    here.open()

    run(here)

    assert success(here)["orders"] == 0
    assert here.outside.asked == []


def test_order_of_another_day_is_not_compared(here: Shop) -> None:
    order_id = cleared(here, status="held")
    here.alter(order_id, updated_at=here.clock.now() + timedelta(days=1))

    run(here)

    assert success(here)["orders"] == 0


def test_unreachable_upstream_is_asked_again_and_is_no_difference(
    here: Shop, measured: Measured
) -> None:
    order_id = cleared(here)
    here.outside.times_out("GET", f"{INVOICES}/{order_id}-1")
    begin(here)
    for _ in range(10):
        assert here.work(TASK)
    assert (files(here), total(measured)) == ({}, 0)

    here.outside.has_invoice(order_id, "cleared")
    here.work(TASK)
    here.work(TASK)

    assert success(here) == {"orders": 1, "differences": 0, "unknown": 0}


def test_one_invoice_that_stays_unknown_does_not_stop_the_day(
    here: Shop, measured: Measured
) -> None:
    ids = several(here, 2)
    here.outside.times_out("GET", f"{INVOICES}/{ids[0]}-1")

    run(here)

    assert [(row["order_id"], row["kind"]) for row in found(here)] == [(ids[0], "unknown")]
    assert success(here) == {"orders": 2, "differences": 0, "unknown": 1}
    assert ("ReconciliationUnknown", 1) in measured
    assert total(measured) == 0


def test_day_is_walked_in_pages(here: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = several(here, 5)
    for order_id in ids:
        here.outside.has_invoice(order_id, "held")
    here.module("tasks.compare_invoices")
    monkeypatch.setattr(reconciliation, "_PAGE", 2)

    run(here)

    assert [row["order_id"] for row in found(here) if row["kind"] == "status"] == ids
    assert success(here)["orders"] == 5


def test_crash_in_the_middle_goes_on_where_it_was(
    here: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = several(here, 4)
    for order_id in ids:
        here.outside.has_invoice(order_id, "cleared", version=2)
    here.module("tasks.compare_invoices")
    monkeypatch.setattr(reconciliation, "_PAGE", 2)
    begin(here)
    here.work(TASK)

    def die(call: calls.Call) -> None:
        if call.operation == "TransactWriteItems":
            raise ConnectionError

    with calls.intercepting(die):
        here.work(TASK)
    while TASK in here.tasks():
        here.work(TASK)

    assert [row["order_id"] for row in found(here)] == ids
    assert success(here) == {"orders": 4, "differences": 4, "unknown": 0}


def test_page_without_time_left_goes_on_in_the_next(
    here: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = several(here, 3)
    here.module("tasks.compare_invoices")
    monkeypatch.setattr(reconciliation, "_RESERVE_S", 3600)
    begin(here)

    here.work(TASK)

    assert here.tasks()[TASK]["payload"]["after"] == ids[0]
    assert here.tasks()[TASK]["payload"]["orders"] == 1


def test_order_that_moves_while_it_is_compared_is_looked_at_again(here: Shop) -> None:
    order_id = here.opened_in(Payment.HELD)
    here.outside.has_invoice(order_id, "cleared")
    begin(here)
    reads = 0

    def close_it(call: calls.Call) -> None:
        nonlocal reads
        reads += call.operation == "BatchGetItem"
        if call.operation == "BatchGetItem" and reads == 2:
            rev = here.order(order_id).rev + 1
            here.alter(order_id, payment=Payment.CLEARED, cleared=TOTAL, rev=rev)

    here.module("tasks.compare_invoices")
    with calls.intercepting(close_it):
        here.work(TASK)
    here.work(TASK)

    assert success(here)["differences"] == 0


@pytest.mark.parametrize("payment", Payment)
def test_status_agrees_only_as_the_table_says(here: Shop, payment: Payment) -> None:
    order = here.order(here.opened_in(payment))
    statuses = ("init", "holding", "held", "hold_failed", "clearing", "cleared", "cancelled")
    for status in (*statuses, "refunding", "refunded"):
        invoice = invoice_like(order, status)
        told = {each.kind for each in differences(order, invoice)}
        assert ("status" in told) == (status not in AGREES[payment])


def invoice_like(order: Order, status: str) -> Invoice:
    sums = (order.held, order.cleared, order.refunded)
    return Invoice(order.invoice_id, order.invoice_version, status, *sums)
