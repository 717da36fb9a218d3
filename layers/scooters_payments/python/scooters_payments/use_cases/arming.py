"""Arming the tasks of a deposit: one id an object, so that a new call replaces the old one."""

from datetime import datetime

from scooters_payments.task_names import CLOSE_LEFT_OPEN, HOLD, RELEASE
from shared.store import Transaction
from shared.tasks import Tasks


def arm_hold(tasks: Tasks, transaction: Transaction, session_id: str, due_at: datetime) -> None:
    """The one task that brings a deposit to its hold, or to another amount."""
    tasks.arm(transaction, f"{HOLD}#{session_id}", {"session_id": session_id}, due_at)


def arm_release(tasks: Tasks, transaction: Transaction, invoice_id: str, due_at: datetime) -> None:
    """The one task that gives back what an unwanted invoice holds."""
    tasks.arm(transaction, f"{RELEASE}#{invoice_id}", {"invoice_id": invoice_id}, due_at)


def arm_left_open(
    tasks: Tasks, transaction: Transaction, session_id: str, due_at: datetime
) -> None:
    """The one timer of a deposit that nobody asks back."""
    tasks.arm(transaction, f"{CLOSE_LEFT_OPEN}#{session_id}", {"session_id": session_id}, due_at)


def disarm_left_open(tasks: Tasks, transaction: Transaction, session_id: str) -> None:
    """Nothing is open any more; the timer would only find that out hours later."""
    tasks.disarm(transaction, f"{CLOSE_LEFT_OPEN}#{session_id}")
