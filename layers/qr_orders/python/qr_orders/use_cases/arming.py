"""Arming the tasks of an order: one id an object, so that a new call replaces the old one."""

from datetime import datetime

from qr_orders.model import Order, Payment
from qr_orders.model.journal import Settled
from qr_orders.task_names import (
    CANCEL,
    CHECK_PAYMENT,
    CLOSE,
    EXPIRED,
    PROCESS_CLEARED,
    RENDER_RECEIPT,
    UPDATE_TRANSACTIONS,
)
from shared.clock import to_iso
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


def arm_refund(tasks: Tasks, transaction: Transaction, order_id: str, due_at: datetime) -> None:
    """The one task that sends an order's refund; it may be sent again and again."""
    tasks.arm(transaction, f"{UPDATE_TRANSACTIONS}#{order_id}", {"order_id": order_id}, due_at)


def arm_cleared(
    tasks: Tasks,
    transaction: Transaction,
    order: Order,
    settled: Settled,
    due_at: datetime,
) -> None:
    """The task of one version cleared or refunded: its document, the guest's news."""
    task_id = f"{PROCESS_CLEARED}#{order.order_id}#{order.attempt}-{settled.version}"
    payload: dict[str, str | int] = {
        "order_id": order.order_id,
        "invoice_id": order.invoice_id,
        "version": settled.version,
        # Of the document: it must stay as it is while the order moves on (RC3).
        "cleared_at": to_iso(settled.at),
    }
    tasks.arm(transaction, task_id, payload, due_at)


def arm_receipt(
    tasks: Tasks,
    transaction: Transaction,
    order_id: str,
    document_id: str,
    due_at: datetime,
    **more: int,
) -> None:
    """The one task that turns a document's receipt into a PDF, its polls counted from zero."""
    payload: dict[str, str | int] = {"order_id": order_id, "document_id": document_id, "polls": 0}
    tasks.arm(transaction, f"{RENDER_RECEIPT}#{document_id}", payload | more, due_at)


def arm_money(tasks: Tasks, transaction: Transaction, order: Order, now: datetime) -> None:
    """What the money of an order that has just ended needs: a clear, or to be given back."""
    if order.payment is Payment.CLEARING:
        arm_close(tasks, transaction, order.order_id, now)
    elif order.payment is Payment.CANCELLING:
        arm_cancel(tasks, transaction, order.order_id, order.invoice_id, now)
        arm_watch(tasks, transaction, order.order_id, now)


def arm_expiry(tasks: Tasks, transaction: Transaction, order_id: str, due_at: datetime) -> None:
    """The one timer of an order's time to live; a new basket may set it anew."""
    tasks.arm(transaction, f"{EXPIRED}#{order_id}", {"order_id": order_id}, due_at)


def disarm_expiry(tasks: Tasks, transaction: Transaction, order_id: str) -> None:
    """An ended order has no time to live; the timer would only find that out hours later."""
    tasks.disarm(transaction, f"{EXPIRED}#{order_id}")
