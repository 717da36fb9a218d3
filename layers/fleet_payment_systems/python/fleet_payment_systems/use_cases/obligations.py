"""What pay, cancel and credit share: the claim's name, the task, the measures."""

from datetime import datetime, timedelta
from typing import Final

from fleet_payment_systems.model import Step, Transaction, Wallet
from fleet_payment_systems.task_names import CREDIT, POLL_BILL
from shared import metrics
from shared.store import Transaction as Writes
from shared.tasks import Tasks

CONFIRM_WITHIN: Final = timedelta(days=3)
"""A payment that is registered and never confirmed ends then; until then it may be confirmed."""


def pay_claim(owner: Wallet | Transaction, txn: str) -> str:
    """Never the wallet or the link: making either anew opens no second credit (FX-16)."""
    return f"pay#{owner.park_id}#{owner.system}#{txn}"


def arm_credit(tasks: Tasks, writes: Writes, transaction: Transaction) -> None:
    """Due now; of a registered payment, when it can no longer be confirmed."""
    payload = {"park_id": transaction.park_id, "tx_id": transaction.tx_id}
    due_at = transaction.updated_at
    if transaction.step == Step.REGISTERED:
        due_at += CONFIRM_WITHIN
    task_id = f"{CREDIT}#{transaction.park_id}#{transaction.tx_id}"
    tasks.arm(writes, task_id, payload, due_at)


def poll_task(transaction: Transaction) -> str:
    """The one task that looks at a bill; it is armed anew, never twice."""
    return f"{POLL_BILL}#{transaction.park_id}#{transaction.tx_id}"


def arm_poll(tasks: Tasks, writes: Writes, bill: Transaction, due_at: datetime) -> None:
    tasks.arm(writes, poll_task(bill), poll_payload(bill, 0), due_at)


def poll_payload(bill: Transaction, looks: int) -> dict[str, str | int]:
    """`looks` are those since the pauses began to grow."""
    return {"park_id": bill.park_id, "tx_id": bill.tx_id, "looks": looks}


def counted(transaction: Transaction) -> None:
    """One more transaction of this state (FP-34); turnover in minor units when done (FP-38)."""
    state, system = transaction.state.value, transaction.system
    currency = transaction.amount.currency
    metrics.count("FpsTransactions", Provider=system, State=state, Currency=currency)
    if transaction.step == Step.DONE:
        turnover = transaction.sign * transaction.amount.minor
        metrics.count("FpsTurnover", turnover, Provider=system, State=state, Currency=currency)
