"""Task qr_orders_close: a hold is cleared once, and never lost in silence (QO-13, O8)."""

import pytest

from qr_orders.model import Partner, Payment
from tests.qr_orders.conftest import Measured
from tests.qr_orders.outside import INVOICES
from tests.qr_orders.support import Shop


def close(order_id: str) -> str:
    return f"qr_orders_close#{order_id}"


def watch(order_id: str) -> str:
    return f"qr_order_check_payment#{order_id}"


def clear_path(order_id: str) -> str:
    return f"{INVOICES}/{order_id}-1/clear"


def test_hold_is_cleared_and_the_watch_takes_over(here: Shop) -> None:
    order_id = here.clearing()
    here.outside.says("POST", clear_path(order_id))

    assert here.work(close(order_id))

    assert here.outside.bodies("POST", clear_path(order_id)) == [
        {"operation_id": f"{order_id}-1-c"}
    ]
    assert here.outside.asked[-1].key == f"{order_id}-1-c"
    assert here.order(order_id).payment is Payment.CLEARING
    assert list(here.tasks()) == [watch(order_id)]
    assert here.due_in_s(watch(order_id)) == 5


@pytest.mark.parametrize("trouble", ["time-out", "503"])
def test_clear_is_repeated_under_one_id_until_it_is_accepted(here: Shop, trouble: str) -> None:
    order_id = here.clearing()
    if trouble == "503":
        here.outside.refuses("POST", clear_path(order_id), 503, "busy")
    else:
        here.outside.times_out("POST", clear_path(order_id))
    assert here.work(close(order_id))
    here.tire(close(order_id), 50)
    assert here.work(close(order_id))
    assert here.tasks()[close(order_id)]["attempts"] == 51

    here.outside.says("POST", clear_path(order_id))
    here.work(close(order_id))

    bodies = here.outside.bodies("POST", clear_path(order_id))
    assert bodies == [{"operation_id": f"{order_id}-1-c"}] * 3
    assert close(order_id) not in here.tasks()


@pytest.mark.parametrize("status", ["clearing", "cleared"])
def test_clear_that_was_done_already_is_no_loss(
    here: Shop, measured: Measured, status: str
) -> None:
    order_id = here.clearing()
    here.outside.refuses("POST", clear_path(order_id), 409, "not_held")
    here.outside.has_invoice(order_id, status)

    assert here.work(close(order_id))

    assert here.order(order_id).payment is Payment.CLEARING
    assert ("ClearLost", 1) not in measured
    assert here.due_in_s(watch(order_id)) == 0


def test_cleared_invoice_found_by_the_close_reaches_the_order(here: Shop) -> None:
    order_id = here.clearing()
    here.outside.refuses("POST", clear_path(order_id), 409, "not_held")
    here.outside.has_invoice(order_id, "cleared")

    here.work(close(order_id))
    here.work(watch(order_id))

    assert here.order(order_id).payment is Payment.CLEARED


@pytest.mark.parametrize("status", ["cancelled", "hold_failed", None])
def test_lost_hold_is_an_alarm_and_the_end(
    here: Shop, measured: Measured, status: str | None
) -> None:
    order_id = here.clearing()
    here.outside.refuses("POST", clear_path(order_id), 409, "not_held")
    if status is None:
        here.outside.refuses("GET", f"{INVOICES}/{order_id}-1", 404, "not_found")
    else:
        here.outside.has_invoice(order_id, status)

    assert here.work(close(order_id))

    order = here.order(order_id)
    assert (order.payment, order.partner) == (Payment.CLEAR_FAILED, Partner.CLOSED)
    assert order.failure_code == "hold_expired"
    assert ("ClearLost", 1) in measured
    assert here.journal(order_id)[-1] == "payment_clear_failed"
    here.work(watch(order_id))
    assert here.tasks() == {}


def test_refusal_that_cannot_be_looked_into_is_no_loss(here: Shop, measured: Measured) -> None:
    order_id = here.clearing()
    here.outside.refuses("POST", clear_path(order_id), 409, "not_held")
    here.outside.times_out("GET", f"{INVOICES}/{order_id}-1")

    here.work(close(order_id))

    assert here.order(order_id).payment is Payment.CLEARING
    assert ("ClearLost", 1) not in measured
    assert here.tasks()[close(order_id)]["attempts"] == 1


def test_second_message_of_a_done_close_does_nothing(here: Shop) -> None:
    order_id = here.clearing()
    here.outside.says("POST", clear_path(order_id))
    here.work(close(order_id))
    before = here.aws.snapshot().rows

    assert here.work(close(order_id))

    assert here.aws.snapshot().rows == before
    assert len(here.outside.bodies("POST", clear_path(order_id))) == 1


@pytest.mark.parametrize("payment", [p for p in Payment if p is not Payment.CLEARING])
def test_order_that_is_not_clearing_is_not_cleared(here: Shop, payment: Payment) -> None:
    order_id = here.opened_in(payment)
    here.arm(close(order_id), order_id=order_id)

    assert here.work(close(order_id))

    assert here.tasks() == {}
    assert here.outside.asked == []


def test_close_of_no_order_ends(here: Shop) -> None:
    here.arm(close("01NOWHERE"), order_id="01NOWHERE")

    here.work(close("01NOWHERE"))

    assert here.tasks() == {}
