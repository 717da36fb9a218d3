"""What pay, cancel and credit share: the claim's name, its owner, the task, the measures."""

from fleet_payment_systems.model import Step, Transaction, Wallet
from fleet_payment_systems.store.money import Claim, MoneyStore
from fleet_payment_systems.task_names import CREDIT
from shared import metrics
from shared.store import Transaction as Writes
from shared.tasks import Tasks


def pay_claim(wallet: Wallet, txn: str) -> str:
    """Never the wallet or the link: making either anew opens no second credit (FX-16)."""
    return f"pay#{wallet.park_id}#{wallet.system}#{txn}"


def owner(money: MoneyStore, claim: Claim) -> Transaction:
    """The transaction that a claim, not a tombstone, was written with."""
    found = money.transaction(claim.park_id, claim.tx_id)
    if found is None:
        raise LookupError("a claim without its transaction")
    return found


def arm_credit(tasks: Tasks, writes: Writes, transaction: Transaction) -> None:
    payload = {"park_id": transaction.park_id, "tx_id": transaction.tx_id}
    task_id = f"{CREDIT}#{transaction.park_id}#{transaction.tx_id}"
    tasks.arm(writes, task_id, payload, transaction.updated_at)


def counted(transaction: Transaction) -> None:
    """One more transaction of this state (FP-34); turnover in minor units when done (FP-38)."""
    state, system = transaction.state.value, transaction.system
    metrics.count("FpsTransactions", Provider=system, State=state)
    if transaction.step == Step.DONE:
        turnover = transaction.sign * transaction.amount.minor
        currency = transaction.amount.currency
        metrics.count("FpsTurnover", turnover, Provider=system, State=state, Currency=currency)
