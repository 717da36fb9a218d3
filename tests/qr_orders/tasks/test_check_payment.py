"""Task qr_order_check_payment: an invoice becomes the order's status, here alone (QO-12, QO-39)."""

from typing import Any

import pytest

from qr_orders.model import Payment
from tests.qr_orders.conftest import Measured
from tests.qr_orders.outside import INVOICES, NOTIFICATIONS
from tests.qr_orders.support import TOTAL, Shop
from tests.support import calls

DECLINED = {"id": "1", "kind": "hold", "status": "hold_fail", "error_code": "insufficient_funds"}


def watch(order_id: str) -> str:
    return f"qr_order_check_payment#{order_id}"


def test_held_invoice_makes_the_order_held(here: Shop) -> None:
    order_id = here.holding()
    here.outside.has_invoice(order_id, "held")

    assert here.work(watch(order_id))

    order = here.order(order_id)
    assert (order.payment, order.held) == (Payment.HELD, TOTAL)
    assert here.journal(order_id)[-1] == "payment_held"
    assert here.due_in_s(watch(order_id)) == 600


def test_failed_invoice_makes_the_order_payable_again(here: Shop) -> None:
    order_id = here.holding()
    here.outside.has_invoice(order_id, "hold_failed", transactions=[DECLINED])

    here.work(watch(order_id))

    order = here.order(order_id)
    assert (order.payment, order.failure_code) == (Payment.HOLD_FAILED, "insufficient_funds")
    assert (order.held, order.user_id) == (0, "u1")


def test_guest_is_told_once_that_the_payment_failed(here: Shop) -> None:
    order_id = here.holding()
    here.outside.has_invoice(order_id, "hold_failed", transactions=[DECLINED])
    here.outside.says("POST", NOTIFICATIONS, status=202)

    here.work(watch(order_id))
    assert here.work(watch(order_id))
    assert here.work(watch(order_id))

    assert here.outside.bodies("POST", NOTIFICATIONS) == [
        {
            "idempotency_key": f"{order_id}:payment_failed:1",
            "user_id": "u1",
            "intent": "payment_failed",
            "params": {"order_id": order_id, "code": "insufficient_funds"},
            "ttl_sec": 86400,
        }
    ]
    assert here.tasks() == {}


def test_message_that_nobody_takes_keeps_the_watch(here: Shop) -> None:
    order_id = here.opened_in(Payment.HOLD_FAILED)
    here.arm(watch(order_id), order_id=order_id)

    here.work(watch(order_id))

    assert here.tasks()[watch(order_id)]["attempts"] == 1


def test_notification_refused_for_good_does_not_hold_up_the_watch(here: Shop) -> None:
    order_id = here.opened_in(Payment.HOLD_FAILED)
    here.arm(watch(order_id), order_id=order_id)
    here.outside.refuses("POST", NOTIFICATIONS, 422, "unknown_user")

    here.work(watch(order_id))

    assert here.tasks() == {}


def test_decline_without_a_code_is_a_technical_error(here: Shop) -> None:
    order_id = here.holding()
    here.outside.has_invoice(order_id, "hold_failed")

    here.work(watch(order_id))

    assert here.order(order_id).failure_code == "technical_error"


def test_bank_page_is_passed_on_and_taken_down(here: Shop) -> None:
    order_id = here.holding()
    here.outside.has_invoice(order_id, "holding", three_ds={"redirect_url": "https://bank/3ds"})
    here.work(watch(order_id))
    assert here.order(order_id).redirect_url == "https://bank/3ds"

    here.outside.has_invoice(order_id, "held")
    here.work(watch(order_id))

    assert here.order(order_id).redirect_url == ""


@pytest.mark.parametrize(
    "changes",
    [{"version": 0}, {"id": "01OTHER-1"}, {"id": "{order_id}-2"}, {"status": "refunding"}],
    ids=["stale version", "another order's", "another attempt's", "a status without an edge"],
)
def test_invoice_that_says_nothing_new_moves_nothing(here: Shop, changes: dict[str, Any]) -> None:
    order_id = here.holding()
    if "id" in changes:
        changes = {"id": changes["id"].format(order_id=order_id)}
    here.outside.has_invoice(order_id, **({"status": "held"} | changes))
    before = here.order(order_id)

    assert here.work(watch(order_id))

    assert here.order(order_id) == before
    assert watch(order_id) in here.tasks()


def test_failure_of_an_earlier_attempt_does_not_touch_the_later(here: Shop) -> None:
    order_id = here.opened_in(Payment.HOLDING, attempt=2)
    here.arm(watch(order_id), order_id=order_id)
    here.outside.has_invoice(order_id, "hold_failed", transactions=[DECLINED])
    later = {"id": f"{order_id}-2", "version": 1, "status": "holding", "currency": "RUB"}
    amounts = {"held": "0.00", "cleared": "0.00", "refunded": "0.00", "transactions": []}
    here.outside.says("GET", f"{INVOICES}/{order_id}-2", later | amounts)

    here.deliver("qr_orders_transactions_callback", callback(f"{order_id}-1"))
    here.work(watch(order_id))

    assert here.order(order_id).payment is Payment.HOLDING
    assert [one.path for one in here.outside.asked] == [f"{INVOICES}/{order_id}-2"]


def callback(invoice_id: str) -> dict[str, object]:
    return {"event_id": "ev-1", "invoice_id": invoice_id, "version": 1, "status": "failed"}


@pytest.mark.parametrize("held", ["1569.99", "1570.01", "0.00"])
def test_hold_of_another_sum_is_reported_and_moves_nothing(
    here: Shop, measured: Measured, held: str
) -> None:
    order_id = here.holding()
    here.outside.has_invoice(order_id, "held", held=held)

    assert here.work(watch(order_id))

    assert here.order(order_id).payment is Payment.HOLDING
    assert ("InvoiceMismatch", 1) in measured
    assert watch(order_id) in here.tasks()


def test_clear_of_another_sum_is_reported_and_moves_nothing(here: Shop, measured: Measured) -> None:
    order_id = here.clearing()
    here.outside.has_invoice(order_id, "cleared", cleared="1569.99")

    here.work(watch(order_id))

    assert here.order(order_id).payment is Payment.CLEARING
    assert ("InvoiceMismatch", 1) in measured


def test_invoice_that_agrees_is_not_reported(here: Shop, measured: Measured) -> None:
    order_id = here.holding()
    here.outside.has_invoice(order_id, "holding")

    here.work(watch(order_id))

    assert ("InvoiceMismatch", 1) not in measured


def test_invoice_that_vanished_is_reported_and_moves_nothing(
    here: Shop, measured: Measured
) -> None:
    order_id = here.holding()
    here.outside.refuses("GET", f"{INVOICES}/{order_id}-1", 404, "not_found")

    assert here.work(watch(order_id))

    assert here.order(order_id).payment is Payment.HOLDING
    assert ("InvoiceMismatch", 1) in measured


@pytest.mark.parametrize("answer", ["down", "unreadable", "forbidden"])
def test_engine_that_cannot_be_asked_is_asked_again(here: Shop, answer: str) -> None:
    order_id = here.holding()
    path = f"{INVOICES}/{order_id}-1"
    if answer == "down":
        here.outside.times_out("GET", path)
    elif answer == "unreadable":
        here.outside.has_invoice(order_id, "held", held="1570,00")
    else:
        here.outside.refuses("GET", path, 403, "forbidden")

    assert here.work(watch(order_id))

    assert here.order(order_id).payment is Payment.HOLDING
    assert here.tasks()[watch(order_id)]["attempts"] == 1


def test_cleared_invoice_hands_the_payment_to_the_receipts(here: Shop) -> None:
    order_id = here.clearing()
    here.outside.has_invoice(order_id, "cleared")

    here.work(watch(order_id))

    order = here.order(order_id)
    task = here.tasks()[f"qr_order_process_cleared#{order_id}#1-1"]
    assert (order.payment, order.cleared) == (Payment.CLEARED, TOTAL)
    assert task["payload"] == {"order_id": order_id, "invoice_id": f"{order_id}-1", "version": 1}
    assert watch(order_id) not in here.tasks()


def test_poll_slows_down_with_the_age_of_the_status(here: Shop) -> None:
    order_id = here.holding()
    here.outside.has_invoice(order_id, "holding")
    pauses = []
    for _ in range(20):
        pauses.append(here.due_in_s(watch(order_id)))
        here.work(watch(order_id))

    assert pauses[0] == 5
    assert pauses == sorted(pauses)
    assert pauses[-1] == 60


@pytest.mark.parametrize("lost", ["create", "update"])
def test_lost_answer_of_the_engine_is_asked_for_with_the_same_ids(here: Shop, lost: str) -> None:
    order_id = here.open()
    here.outside.accepts_payments(order_id)
    update = f"{INVOICES}/{order_id}-1/update"
    here.outside.times_out("POST", INVOICES if lost == "create" else update)
    here.pay(order_id)
    here.outside.accepts_payments(order_id)

    here.work(watch(order_id))

    creates, updates = (here.outside.bodies("POST", path) for path in (INVOICES, update))
    assert len(creates) == 2
    assert creates[0] == creates[1]
    assert updates[-1]["operation_id"] == f"{order_id}-1-u1"
    assert all(body == updates[-1] for body in updates)


def test_refusal_found_by_the_watch_fails_the_payment_and_tells_the_guest(here: Shop) -> None:
    order_id = here.open()
    here.pay(order_id)
    here.outside.refuses("POST", INVOICES, 422, "method_unavailable")
    here.outside.says("POST", NOTIFICATIONS, status=202)

    here.work(watch(order_id))
    here.work(watch(order_id))

    assert here.order(order_id).payment is Payment.HOLD_FAILED
    assert len(here.outside.bodies("POST", NOTIFICATIONS)) == 1


@pytest.mark.parametrize(
    "payment", [Payment.NEW, Payment.CLEARED, Payment.CLEAR_FAILED, Payment.CANCELLED]
)
def test_payment_at_rest_needs_no_watch(here: Shop, payment: Payment) -> None:
    order_id = here.opened_in(payment)
    here.arm(watch(order_id), order_id=order_id)

    assert here.work(watch(order_id))

    assert here.tasks() == {}
    assert here.outside.asked == []


def test_watch_of_no_order_ends(here: Shop) -> None:
    here.arm(watch("01NOWHERE"), order_id="01NOWHERE")

    here.work(watch("01NOWHERE"))

    assert here.tasks() == {}


def test_watch_is_never_parked(here: Shop) -> None:
    order_id = here.holding()
    here.tire(watch(order_id), 50)

    here.work(watch(order_id))

    task = here.tasks()[watch(order_id)]
    assert task["attempts"] == 51
    assert task["shard"] != "parked"
    assert here.due_in_s(watch(order_id)) <= 300


def test_worker_whose_watch_was_armed_anew_changes_nothing(here: Shop) -> None:
    order_id = here.holding()
    here.outside.has_invoice(order_id, "held")
    here.module("tasks.check_payment")

    def poke(call: calls.Call) -> None:
        if call.operation == "TransactWriteItems":
            here.arm(watch(order_id), order_id=order_id)

    with calls.intercepting(poke):
        assert here.work(watch(order_id))

    assert here.order(order_id).payment is Payment.HOLDING
    assert here.due_in_s(watch(order_id)) == 0
    here.work(watch(order_id))
    assert here.order(order_id).payment is Payment.HELD
