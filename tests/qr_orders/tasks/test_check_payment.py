"""Task qr_order_check_payment: an invoice becomes the order's status, here alone (QO-12, QO-39)."""

import pytest

from qr_orders.model import Payment
from shared.clock import to_iso
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
    assert here.due_in_s(watch(order_id)) == 0


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
            "locale": "ru",
        }
    ]
    assert here.tasks() == {}


def test_message_that_nobody_takes_keeps_the_watch(here: Shop) -> None:
    order_id = here.opened_in(Payment.HOLD_FAILED)
    here.arm(watch(order_id), order_id=order_id)

    here.work(watch(order_id))

    assert here.tasks()[watch(order_id)]["attempts"] == 1


def test_the_guest_is_told_in_the_language_he_paid_in(here: Shop) -> None:
    order_id = here.open()
    here.outside.accepts_payments(order_id)
    here.pay(order_id, locale="en")
    here.outside.has_invoice(order_id, "hold_failed", transactions=[DECLINED])
    here.outside.says("POST", NOTIFICATIONS, status=202)

    here.work(watch(order_id))
    here.work(watch(order_id))

    (told,) = here.outside.bodies("POST", NOTIFICATIONS)
    assert told["locale"] == "en"


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


def test_cleared_invoice_hands_the_payment_to_the_receipts(here: Shop) -> None:
    order_id = here.clearing()
    here.outside.has_invoice(order_id, "cleared")

    here.work(watch(order_id))

    order = here.order(order_id)
    task = here.tasks()[f"qr_order_process_cleared#{order_id}#1-1"]
    assert (order.payment, order.cleared) == (Payment.CLEARED, TOTAL)
    assert task["payload"] == {
        **{"order_id": order_id, "invoice_id": f"{order_id}-1", "version": 1},
        "cleared_at": to_iso(order.updated_at),
    }
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


@pytest.mark.parametrize("status", ["cancelled", "hold_failed"])
def test_hold_that_is_gone_while_its_clear_ran_is_the_end(here: Shop, status: str) -> None:
    order_id = here.clearing()
    here.outside.has_invoice(order_id, status)

    here.work(watch(order_id))

    order = here.order(order_id)
    assert (order.payment, order.failure_code) == (Payment.CLEAR_FAILED, "hold_expired")
    assert here.journal(order_id)[-1] == "payment_clear_failed"
    here.work(watch(order_id))
    assert watch(order_id) not in here.tasks()
