"""A payment system says that a bill is paid: the bill's task looks, now (FP-15; DESIGN 4).

The message credits nothing itself. So it does not matter who brings it first, how often, or what
sum it claims: what is credited is what the payment system answers when we ask it.
"""

from dataclasses import dataclass

from fleet_payment_systems.bills import OVER, UNPAID
from fleet_payment_systems.model import Transaction, Wallet
from fleet_payment_systems.operations import News, Outcome, Result
from fleet_payment_systems.store.money import MoneyStore
from fleet_payment_systems.use_cases.obligations import arm_poll, pay_claim
from shared import logs, metrics
from shared.clock import Clock
from shared.store import Transaction as Writes
from shared.store import commit
from shared.tasks import Tasks


@dataclass(frozen=True, slots=True)
class BillNews:
    money: MoneyStore
    tasks: Tasks
    clock: Clock

    def tell(self, wallet: Wallet, news: News) -> Outcome:
        """OK when the look is committed, or there is nothing to look at. Raises Unavailable.

        A number that we do not know is nobody's bill: ours are committed before they are issued.
        """
        claim = self.money.claim(pay_claim(wallet, news.txn))
        if claim is None or claim.first is None:
            return Outcome(Result.OK)
        bill = self.money.transaction(claim.park_id, claim.first.tx_id)
        if bill is None:
            raise LookupError("a claim without its transaction")
        if news.amount != bill.amount:
            metrics.count("FpsBillMismatch")
            logs.error("bill_mismatch", tx_id=bill.tx_id, system=bill.system)
        elif _worth_a_look(bill):
            writes = Writes()
            arm_poll(self.tasks, writes, bill, self.clock.now())
            commit(writes)
        return Outcome(Result.OK)


def _worth_a_look(bill: Transaction) -> bool:
    return bill.step in UNPAID | OVER and not bill.replaced_by
