"""Arming the tasks of an order: one id an object, so that a new call replaces the old one."""

from datetime import datetime

from qr_orders.task_names import CANCEL, CHECK_PAYMENT, CLOSE
from shared.store import Transaction
from shared.tasks import Tasks


def arm_watch(tasks: Tasks, transaction: Transaction, order_id: str, due_at: datetime) -> None:
    """The one task that looks at an order's payment; armed anew, it looks sooner or later."""
    tasks.arm(transaction, f"{CHECK_PAYMENT}#{order_id}", {"order_id": order_id}, due_at)


def arm_close(tasks: Tasks, transaction: Transaction, order_id: str, due_at: datetime) -> None:
    """The one task that clears a closed order; the clear may be asked for again and again."""
    tasks.arm(transaction, f"{CLOSE}#{order_id}", {"order_id": order_id}, due_at)


def arm_cancel(
    tasks: Tasks, transaction: Transaction, order_id: str, invoice_id: str, due_at: datetime
) -> None:
    """The one task that gives back what an unwanted invoice holds."""
    payload = {"order_id": order_id, "invoice_id": invoice_id}
    tasks.arm(transaction, f"{CANCEL}#{invoice_id}", payload, due_at)
