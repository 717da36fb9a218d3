"""Task qr_order_update_transactions: the basket after a refund reaches the engine (QO-15, O16)."""

from typing import Any

import pytest

from qr_orders.model import Payment
from shared.clock import to_iso
from tests.qr_orders.conftest import Measured
from tests.qr_orders.outside import INVOICES, NOTIFICATIONS
from tests.qr_orders.support import TOTAL, Shop
from tests.support.intrinsics import Json


def send(order_id: str) -> str:
    return f"qr_order_update_transactions#{order_id}"


def watch(order_id: str) -> str:
    return f"qr_order_check_payment#{order_id}"


def update_path(order_id: str) -> str:
    return f"{INVOICES}/{order_id}-1/update"


def refunding(here: Shop) -> str:
    """A cleared order of which one soup, 400.00, is to go back."""
    order_id = here.cleared()
    status, body = here.post("admin_refund", order_id=order_id)
    assert status == 202, body
    return order_id


def has_refund(here: Shop, order_id: str, ended: str, refunded: str, **changes: Any) -> None:
    operation = {"id": f"{order_id}-1-u2", "version": 2, "status": ended}
    found: Json = {"version": 2, "held": "1570.00", "cleared": "1570.00", "refunded": refunded}
    found |= {"operations": [operation]} | changes
    here.outside.has_invoice(order_id, found.pop("status", "cleared"), **found)


def lines(soup: str, steak: str = "770.00") -> list[dict[str, str]]:
    return [
        {"id": "1", "title": "Борщ", "amount": soup, "quantity": "2", "vat": "20"},
        {"id": "2", "title": "Стейк рибай", "amount": steak, "quantity": "1", "vat": "20"},
    ]


def test_engine_gets_the_whole_basket_that_is_left(here: Shop) -> None:
    order_id = refunding(here)
    here.outside.says("POST", update_path(order_id))

    assert here.work(send(order_id))

    (body,) = here.outside.bodies("POST", update_path(order_id))
    assert (body["version"], body["operation_id"]) == (2, f"{order_id}-1-u2")
    assert [(item["id"], item["amount"], item["quantity"]) for item in body["items"]] == [
        ("1", "400.00", "1"),
        ("2", "770.00", "1"),
    ]
    assert here.outside.asked[-1].key == f"{order_id}-1-u2"
    assert send(order_id) not in here.tasks()
    assert here.due_in_s(watch(order_id)) == 5


@pytest.mark.parametrize("trouble", ["time-out", "503"])
def test_unknown_outcome_stays_refunding_and_is_repeated_under_one_id(
    here: Shop, measured: Measured, trouble: str
) -> None:
    order_id = refunding(here)
    if trouble == "503":
        here.outside.refuses("POST", update_path(order_id), 503, "busy")
    else:
        here.outside.times_out("POST", update_path(order_id))
    for _ in range(6):
        assert here.work(send(order_id))
    assert here.order(order_id).payment is Payment.REFUNDING
    assert ("RefundStuck", 1) in measured
    here.outside.says("POST", update_path(order_id))
    here.work(send(order_id))

    bodies = here.outside.bodies("POST", update_path(order_id))
    assert bodies == [bodies[0]] * 7
    assert send(order_id) not in here.tasks()


def test_done_refund_is_applied_and_handed_to_the_receipts(here: Shop) -> None:
    order_id = refunding(here)
    here.outside.says("POST", update_path(order_id))
    here.work(send(order_id))
    has_refund(here, order_id, "done", "400.00")

    here.work(watch(order_id))

    order = here.order(order_id)
    assert (order.payment, order.refunded, order.refunding) == (
        Payment.PARTIALLY_REFUNDED,
        40000,
        0,
    )
    task = here.tasks()[f"qr_order_process_cleared#{order_id}#1-2"]
    moment = to_iso(order.updated_at)
    assert (task["payload"]["version"], task["payload"]["cleared_at"]) == (2, moment)


@pytest.mark.parametrize(
    ("status", "refunded", "changes"),
    [
        ("init", "0.00", {"status": "refunding"}),
        ("done", "400.01", {}),
        ("done", "0.00", {}),
        ("done", "400.00", {"version": 1}),
        ("failed", "400.00", {}),
    ],
)
def test_refund_that_is_not_surely_over_stays_under_way(
    here: Shop, status: str, refunded: str, changes: dict[str, Any]
) -> None:
    order_id = refunding(here)
    here.arm(watch(order_id), order_id=order_id)
    has_refund(here, order_id, status, refunded, **changes)

    here.work(watch(order_id))

    assert here.order(order_id).payment is Payment.REFUNDING


def test_refund_the_engine_has_never_heard_of_is_sent(here: Shop) -> None:
    order_id = refunding(here)
    here.outside.says("POST", update_path(order_id))
    here.work(send(order_id))
    has_refund(here, order_id, "done", "0.00", operations=[], version=1)

    here.work(watch(order_id))

    assert here.due_in_s(send(order_id)) == 0


def test_failed_refund_is_an_alarm_and_is_tried_again_under_its_id(
    here: Shop, measured: Measured
) -> None:
    order_id = refunding(here)
    here.outside.says("POST", update_path(order_id))
    here.work(send(order_id))
    failed = {"transactions": [{"error_code": "technical_error"}]}
    has_refund(here, order_id, "failed", "0.00", **failed)
    here.work(watch(order_id))

    order = here.order(order_id)
    assert (order.payment, order.refunding) == (Payment.REFUND_FAILED, 40000)
    assert ("RefundFailed", 1) in measured
    assert here.due_in_s(send(order_id)) == 30
    here.work(send(order_id))

    assert here.order(order_id).payment is Payment.REFUNDING
    bodies = here.outside.bodies("POST", update_path(order_id))
    assert bodies == [bodies[0]] * 2
    assert here.journal(order_id)[-2:] == ["payment_refund_failed", "refund_retried"]


def test_foreign_version_is_rebased_on(here: Shop, measured: Measured) -> None:
    order_id = refunding(here)
    here.outside.refuses("POST", update_path(order_id), 409, "version_conflict")
    foreign = {"operations": [], "items": lines("700.00")}
    has_refund(here, order_id, "done", "100.00", **foreign)
    here.work(send(order_id))
    here.outside.says("POST", update_path(order_id))
    here.work(send(order_id))

    sent = here.outside.bodies("POST", update_path(order_id))[-1]
    assert (sent["version"], sent["operation_id"]) == (3, f"{order_id}-1-u3")
    assert [item["amount"] for item in sent["items"]] == ["300.00", "770.00"]
    order = here.order(order_id)
    assert (order.invoice_version, order.refunded, order.refunding) == (3, 10000, 40000)
    assert ("InvoiceVersionConflict", 1) in measured
    assert here.journal(order_id)[-1] == "refund_rebased"
    answer = here.post("admin_refund", order_id=order_id)
    assert (answer[0], answer[1]["version"], answer[1]["amount"]) == (202, 2, "400.00")


@pytest.mark.parametrize(
    "foreign",
    [
        {"items": lines("399.99"), "refunded": "400.01"},
        {"items": lines("700.00"), "refunded": "100.01"},
        {"items": [*lines("700.00")[:1]], "refunded": "870.00", "cleared": "1200.00"},
        {"items": [{**lines("700.00")[0], "id": "9"}], "refunded": "870.00"},
    ],
)
def test_refund_that_does_not_fit_any_more_fails(
    here: Shop, measured: Measured, foreign: dict[str, Any]
) -> None:
    order_id = refunding(here)
    if "cleared" in foreign:
        here.alter(order_id, cleared=120000)
    here.outside.refuses("POST", update_path(order_id), 409, "version_conflict")
    has_refund(here, order_id, "done", **({"operations": []} | foreign))

    here.work(send(order_id))

    order = here.order(order_id)
    assert (order.payment, order.failure_code) == (Payment.REFUND_FAILED, "over_refund")
    assert (order.refunding, order.invoice_version) == (40000, 2)
    assert ("RefundFailed", 1) in measured
    assert send(order_id) in here.tasks()


def test_version_taken_again_and_again_ends_as_an_alarm(here: Shop, measured: Measured) -> None:
    order_id = refunding(here)
    here.outside.refuses("POST", update_path(order_id), 409, "version_conflict")
    for number in range(6):
        assert here.order(order_id).payment is Payment.REFUNDING
        foreign = {"operations": [], "items": lines("700.00"), "version": 2 + number}
        has_refund(here, order_id, "done", "100.00", **foreign)
        here.work(send(order_id))

    order = here.order(order_id)
    assert (order.payment, order.failure_code) == (Payment.REFUND_FAILED, "version_conflict")
    assert ("RefundFailed", 1) in measured


def test_conflict_about_a_version_of_ours_is_no_conflict(here: Shop) -> None:
    order_id = refunding(here)
    here.outside.refuses("POST", update_path(order_id), 409, "version_conflict")
    has_refund(here, order_id, "done", "400.00")

    here.work(send(order_id))
    here.work(watch(order_id))

    assert here.order(order_id).payment is Payment.PARTIALLY_REFUNDED


def test_somebody_elses_refund_under_way_is_waited_for(here: Shop) -> None:
    order_id = refunding(here)
    here.outside.refuses("POST", update_path(order_id), 409, "version_conflict")
    has_refund(here, order_id, "init", "0.00", status="refunding", operations=[])

    here.work(send(order_id))

    assert here.order(order_id).payment is Payment.REFUNDING
    assert here.due_in_s(send(order_id)) == 5


@pytest.mark.parametrize("payment", [Payment.CLEARED, Payment.PARTIALLY_REFUNDED, Payment.HELD])
def test_order_without_a_refund_under_way_is_left_alone(here: Shop, payment: Payment) -> None:
    order_id = here.opened_in(payment)
    here.arm(send(order_id), order_id=order_id)

    assert here.work(send(order_id))

    assert here.tasks() == {}
    assert here.outside.asked == []


def test_update_of_no_order_ends(here: Shop) -> None:
    here.arm(send("01NOWHERE"), order_id="01NOWHERE")

    here.work(send("01NOWHERE"))

    assert here.tasks() == {}


def test_document_of_a_refund_lists_what_went_back(here: Shop) -> None:
    """RC-27, B.2; the message carries the amount and its own version (QO-25)."""
    order_id = here.cleared()
    both = [{"id": "1", "quantity": "1"}, {"id": "2", "amount": "70.00"}]
    assert here.post("admin_refund", order_id=order_id, items=both)[0] == 202
    here.outside.says("POST", update_path(order_id))
    here.work(send(order_id))
    has_refund(here, order_id, "done", "470.00")
    here.work(watch(order_id))
    refunded_at = here.order(order_id).updated_at
    document_path = f"/eda/v1/invoices/{order_id}-1/documents/2"
    here.outside.says("PUT", document_path, {"status": "accepted"}, 202)
    here.outside.says("POST", NOTIFICATIONS, {"id": "n1"}, 202)
    here.alter(order_id, updated_at=refunded_at.replace(year=2030))

    here.work(f"qr_order_process_cleared#{order_id}#1-2")

    (document,) = here.outside.bodies("PUT", document_path)
    assert (document["type"], document["total"]) == ("refund", "470.00")
    assert document["parent_document_id"] == f"{order_id}-1/1"
    assert document["cleared_at"] == to_iso(refunded_at)
    found = [(item["id"], item["quantity"], item["total"]) for item in document["items"]]
    assert found == [("1", "1", "400.00"), ("2", "1", "70.00")]
    (message,) = here.outside.bodies("POST", NOTIFICATIONS)
    assert message["idempotency_key"] == f"{order_id}:order_refunded:2"
    assert message["params"] == {"order_id": order_id, "total": "470.00"}
    (row,) = [row for row in here.rows("receipts") if row["document_id"].endswith("/2")]
    assert (row["kind"], row["total"]) == ("refund", 47000)


def test_rest_of_the_order_goes_back_as_an_empty_basket(here: Shop) -> None:
    order_id = here.cleared()
    assert here.post("admin_refund", order_id=order_id, full=True, items=None)[0] == 202
    here.outside.says("POST", update_path(order_id))
    here.work(send(order_id))
    has_refund(here, order_id, "done", "1570.00", status="refunded")
    here.work(watch(order_id))

    assert here.outside.bodies("POST", update_path(order_id))[0]["items"] == []
    order = here.order(order_id)
    assert (order.payment, order.refunded) == (Payment.REFUNDED, TOTAL)
