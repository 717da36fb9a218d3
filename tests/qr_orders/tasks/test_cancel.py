"""Task qr_orders_cancel: an unwanted hold is given back, once, whatever its state (QO-14, 35)."""

import pytest

from qr_orders.model import Partner, Payment
from tests.qr_orders.outside import INVOICES
from tests.qr_orders.support import Shop

UPDATE, CLEAR = "update", "clear"


def cancel(order_id: str, attempt: int = 1) -> str:
    return f"qr_orders_cancel#{order_id}-{attempt}"


def watch(order_id: str) -> str:
    return f"qr_order_check_payment#{order_id}"


def path(order_id: str, call: str, attempt: int = 1) -> str:
    return f"{INVOICES}/{order_id}-{attempt}/{call}"


def accept(here: Shop, order_id: str, attempt: int = 1) -> None:
    here.outside.says("POST", path(order_id, UPDATE, attempt))
    here.outside.says("POST", path(order_id, CLEAR, attempt))


def cancelled(here: Shop, order_id: str) -> str:
    """The till has cancelled the order."""
    assert here.post("update_partner_status", order_id=order_id, status="cancelled")[0] == 200
    return order_id


def test_cancel_of_a_held_order_zeroes_and_clears_its_invoice(here: Shop) -> None:
    order_id = cancelled(here, here.held())
    here.outside.has_invoice(order_id, "held")
    accept(here, order_id)

    assert here.work(cancel(order_id))

    (update,) = here.outside.bodies("POST", path(order_id, UPDATE))
    assert update == {
        "operation_id": f"{order_id}-1-u2",
        "version": 2,
        "items": [],
        "reason": "cancel",
    }
    assert len(here.outside.bodies("POST", path(order_id, CLEAR))) == 1
    assert here.order(order_id).payment is Payment.CANCELLING


def test_cancel_waits_for_a_hold_in_flight(here: Shop) -> None:
    order_id = cancelled(here, here.holding())
    here.outside.has_invoice(order_id, "holding")

    assert here.work(cancel(order_id))

    assert here.outside.bodies("POST", path(order_id, UPDATE))[1:] == []
    assert here.due_in_s(cancel(order_id)) > 0


def test_a_lost_answer_repeats_the_same_operations(here: Shop) -> None:
    order_id = cancelled(here, here.held())
    here.outside.has_invoice(order_id, "held")
    here.outside.says("POST", path(order_id, UPDATE))
    here.outside.times_out("POST", path(order_id, CLEAR))
    assert here.work(cancel(order_id))
    here.tire(cancel(order_id), 1)
    accept(here, order_id)
    here.work(cancel(order_id))

    sent = here.outside.bodies("POST", path(order_id, UPDATE))
    assert [body["operation_id"] for body in sent] == [f"{order_id}-1-u2"] * 2
    assert len(here.rows("changelog")) == 2


def test_the_guest_is_told_that_the_money_is_back(here: Shop) -> None:
    order_id = cancelled(here, here.held())
    here.outside.has_invoice(order_id, "cancelled", version=2)
    here.outside.says("POST", "/notify/v1/notifications", status=202)

    assert here.work(cancel(order_id))

    (told,) = here.outside.bodies("POST", "/notify/v1/notifications")
    assert (told["intent"], told["idempotency_key"]) == (
        "order_cancelled",
        f"{order_id}-1:order_cancelled",
    )
    assert cancel(order_id) not in here.tasks()


def test_the_watch_ends_a_cancelled_order_without_money(here: Shop) -> None:
    order_id = cancelled(here, here.held())
    here.outside.has_invoice(order_id, "cancelled", version=2, held="0.00")

    assert here.work(watch(order_id))

    after = here.order(order_id)
    assert (after.payment, after.partner, after.held) == (Payment.CANCELLED, Partner.CANCELLED, 0)
    assert here.rows("receipts") == []


def test_a_payment_that_never_reached_the_engine_waits_for_its_handler_to_die(here: Shop) -> None:
    order_id = here.open()
    here.outside.times_out("POST", INVOICES)
    assert here.pay(order_id)[0] == 200
    cancelled(here, order_id)
    here.outside.refuses("GET", f"{INVOICES}/{order_id}-1", 404, "invoice_not_found")
    here.work(watch(order_id))
    assert here.order(order_id).payment is Payment.CANCELLING

    here.clock.advance(60)
    here.work(watch(order_id))

    assert here.order(order_id).payment is Payment.CANCELLED


def test_a_wanted_payment_is_never_voided(here: Shop) -> None:
    order_id = here.held()
    here.arm(cancel(order_id), order_id=order_id, invoice_id=f"{order_id}-1")

    assert here.work(cancel(order_id))

    assert here.outside.bodies("POST", path(order_id, UPDATE))[1:] == []
    assert cancel(order_id) not in here.tasks()


@pytest.mark.parametrize("payment", [Payment.EXPIRED, Payment.CANCELLED, Payment.HOLD_FAILED])
def test_news_of_a_late_hold_arms_its_return(here: Shop, payment: Payment) -> None:
    order_id = here.held()
    here.alter(order_id, payment=payment)
    fact = {"event_id": "late", "invoice_id": f"{order_id}-1", "version": 1}

    assert here.deliver("qr_orders_transactions_callback", fact)

    assert cancel(order_id) in here.tasks()


def test_a_hold_of_an_old_attempt_is_given_back_while_the_new_one_stays(here: Shop) -> None:
    order_id = here.held()
    here.alter(order_id, attempt=2)
    here.outside.has_invoice(order_id, "held")
    accept(here, order_id)
    fact = {"event_id": "late", "invoice_id": f"{order_id}-1", "version": 1}
    assert here.deliver("qr_orders_transactions_callback", fact)

    assert here.work(cancel(order_id))

    assert len(here.outside.bodies("POST", path(order_id, CLEAR))) == 1
    assert here.order(order_id).payment is Payment.HELD
