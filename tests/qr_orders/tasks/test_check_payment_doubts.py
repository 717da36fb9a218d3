"""Task qr_order_check_payment: an invoice that is old, foreign, wrong or unseen moves nothing."""

from typing import Any

import pytest

from qr_orders.model import Payment
from tests.qr_orders.conftest import Measured
from tests.qr_orders.outside import INVOICES
from tests.qr_orders.support import Shop

DECLINED = {"id": "1", "kind": "hold", "status": "hold_fail", "error_code": "insufficient_funds"}


def watch(order_id: str) -> str:
    return f"qr_order_check_payment#{order_id}"


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
