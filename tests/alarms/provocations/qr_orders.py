"""Each alarm of qr_orders: the situation that it is for."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Final

from qr_orders.model import Payment
from tests.qr_orders.outside import INVOICES, NOTIFICATIONS, fiscal_receipt
from tests.qr_orders.support import Shop, hasty, sample, shop


def opened() -> AbstractContextManager[Shop]:
    return shop()


def reset(here: Shop) -> None:
    here.aws.restore(here.empty)
    here.outside.forget()


def _sweep(here: Shop) -> None:
    here.world.run(here.module("crons.sweep"), sample("sweep"))


def oldest_task(here: Shop) -> None:
    """The queue's function takes nothing for five minutes."""
    here.clearing()
    here.clock.advance(600)
    _sweep(here)


def task_failures(here: Shop) -> None:
    """Twenty runs, all of which fail: the transactions service is away."""
    order_id = here.clearing()
    here.outside.times_out("POST", f"{INVOICES}/{order_id}-1/clear")
    for _ in range(20):
        here.work(f"qr_orders_close#{order_id}")


def clear_lost(here: Shop) -> None:
    """The bank took the hold back before the clear."""
    order_id = here.clearing()
    here.outside.refuses("POST", f"{INVOICES}/{order_id}-1/clear", 409, "not_held")
    here.outside.has_invoice(order_id, "cancelled")
    here.work(f"qr_orders_close#{order_id}")


def held_order_expired(here: Shop) -> None:
    """Paid, and its restaurant neither closes nor cancels it."""
    order_id = here.holding(partner=hasty(300, on_expire_held="alert_only"))
    here.outside.has_invoice(order_id, "held")
    here.work(f"qr_order_check_payment#{order_id}")
    here.clock.advance(5 * 3600)
    here.work(f"qr_order_expired#{order_id}")


def invoice_mismatch(here: Shop) -> None:
    """The bank holds a kopeck less than the bill."""
    order_id = here.holding()
    here.outside.has_invoice(order_id, "held", held="1569.99")
    here.work(f"qr_order_check_payment#{order_id}")


def stuck_orders(here: Shop) -> None:
    """A clear does not end."""
    order_id = here.opened_in(Payment.CLEARING)
    here.arm(f"qr_order_check_payment#{order_id}", order_id=order_id)
    here.clock.advance(3600)
    here.world.run(here.module("crons.collect_metrics"), sample("collect_metrics"))


def _receipt(here: Shop) -> str:
    """The task of a receipt that was asked for."""
    order_id = here.cleared()
    here.outside.says("PUT", f"/eda/v1/invoices/{order_id}-1/documents/1", {}, 202)
    here.outside.says("POST", NOTIFICATIONS, {}, 202)
    here.work(f"qr_order_process_cleared#{order_id}#1-1")
    return f"qr_order_render_receipt#{order_id}-1/1"


def parked_tasks(here: Shop) -> None:
    """A receipt has not come for three days."""
    task_id = _receipt(here)
    here.clock.advance(73 * 3600)
    here.work(task_id)
    _sweep(here)


def receipt_attempts(here: Shop) -> None:
    """Eda does not answer, poll after poll."""
    task_id = _receipt(here)
    for _ in range(12):
        here.work(task_id)


def receipt_age(here: Shop) -> None:
    task_id = _receipt(here)
    here.clock.advance(16 * 60)
    here.work(task_id)


def receipt_sum_mismatch(here: Shop) -> None:
    """The fiscal receipt is one kopeck short."""
    task_id = _receipt(here)
    document = task_id.partition("#")[2].replace("/", "/documents/")
    here.outside.says("GET", f"/eda/v1/invoices/{document}/receipt", fiscal_receipt(156999))
    here.work(task_id)


def receipt_enqueue_failed(here: Shop) -> None:
    """Eda does not take the document."""
    order_id = here.cleared()
    here.work(f"qr_order_process_cleared#{order_id}#1-1")


def reconciliation_differences(here: Shop) -> None:
    """By the transactions service the money is not cleared."""
    order_id = here.opened_in(Payment.CLEARED)
    here.outside.has_invoice(order_id, "held")
    day = here.clock.now().date().isoformat()
    here.clock.advance(24 * 3600)
    here.world.run(here.module("crons.reconcile"), sample("reconcile"))
    here.work(f"qr_orders_compare_invoices#{day}")


def cashback_conflict(here: Shop) -> None:
    """One ticket twice, with two amounts."""
    order_id = here.opened_in(Payment.CLEARED)
    said = {
        **{"ticket_id": "cb-1", "order_id": order_id, "amount": "78.00", "currency": "RUB"},
        "credited_at": "2026-01-02T10:00:30.000Z",
    }
    here.deliver("qr_order_cashback_notify", said)
    here.deliver("qr_order_cashback_notify", said | {"amount": "79.00"})


def _refunding(here: Shop) -> str:
    order_id = here.cleared()
    status, body = here.post("admin_refund", order_id=order_id)
    assert status == 202, body
    return order_id


def refund_failed(here: Shop) -> None:
    """The bank refuses the refund."""
    order_id = _refunding(here)
    here.outside.says("POST", f"{INVOICES}/{order_id}-1/update")
    here.work(f"qr_order_update_transactions#{order_id}")
    operations = [{"id": f"{order_id}-1-u2", "version": 2, "status": "failed"}]
    sums = {"held": "1570.00", "cleared": "1570.00"}
    here.outside.has_invoice(order_id, "cleared", version=2, operations=operations, **sums)
    here.work(f"qr_order_check_payment#{order_id}")


def refund_stuck(here: Shop) -> None:
    """The transactions service does not answer a refund."""
    order_id = _refunding(here)
    here.outside.times_out("POST", f"{INVOICES}/{order_id}-1/update")
    for _ in range(6):
        here.work(f"qr_order_update_transactions#{order_id}")


PROVOKE: Final[Mapping[str, Callable[[Shop], None]]] = {
    "ParkedTasksAlarm": parked_tasks,
    "OldestTaskAlarm": oldest_task,
    "TaskFailuresAlarm": task_failures,
    "ClearLostAlarm": clear_lost,
    "HeldOrderExpiredAlarm": held_order_expired,
    "InvoiceMismatchAlarm": invoice_mismatch,
    "StuckOrdersAlarm": stuck_orders,
    "ReceiptAttemptsAlarm": receipt_attempts,
    "ReceiptAgeAlarm": receipt_age,
    "ReceiptSumMismatchAlarm": receipt_sum_mismatch,
    "ReceiptEnqueueFailedAlarm": receipt_enqueue_failed,
    "ReconciliationDifferencesAlarm": reconciliation_differences,
    "CashbackConflictAlarm": cashback_conflict,
    "RefundFailedAlarm": refund_failed,
    "RefundStuckAlarm": refund_stuck,
}
