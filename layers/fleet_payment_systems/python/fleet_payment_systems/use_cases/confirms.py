"""The second phase of a payment that was registered first: its credit (EasyPay, osmp-family 6a).

What may refuse the payment was decided when it was registered. From its confirm on it is a payment
like any other: one transaction writes its step, its journal and the task that credits it (M8).
"""

from dataclasses import dataclass

from fleet_payment_systems.model import Link, Step, Transaction, Wallet
from fleet_payment_systems.operations import Confirm, Outcome, Result
from fleet_payment_systems.store.money import MoneyStore, moved
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.obligations import arm_credit, counted
from shared.clock import Clock
from shared.store import ConditionFailed, commit
from shared.store import Transaction as Writes
from shared.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Confirms:
    wallets: WalletStore
    money: MoneyStore
    tasks: Tasks
    clock: Clock

    def confirm(self, wallet: Wallet, link: Link, confirm: Confirm) -> Outcome:
        """The moment of the first confirm, however often it comes."""
        found = self.money.of_system(wallet, confirm.tx_id)
        if found is None or found.step != Step.REGISTERED:
            return _told(found)
        now = self.clock.now()
        confirmed = moved(found, now, step=Step.QUEUED, confirmed_at=now)
        writes = Writes()
        self.wallets.must_take(writes, wallet, link, now)
        self.money.save(writes, confirmed, "confirmed", wallet.system)
        arm_credit(self.tasks, writes, confirmed)
        try:
            commit(writes)
        except ConditionFailed:
            return _told(self.money.of_system(wallet, confirm.tx_id))
        counted(confirmed)
        return _told(confirmed)


def _told(found: Transaction | None) -> Outcome:
    """A payment that was never registered has no second phase: its number was not given out."""
    if found is None or found.cancelled:
        return Outcome(Result.TXN_NOT_FOUND)
    if found.confirmed_at is None:
        later = found.step == Step.REGISTERED
        return Outcome(Result.TEMPORARY_ERROR if later else Result.TXN_NOT_FOUND)
    return Outcome(Result.OK, transaction=found.accepted, at=found.confirmed_at)
