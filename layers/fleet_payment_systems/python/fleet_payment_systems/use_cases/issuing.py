"""A bill is asked for, by the driver's request or, later, by the task that looks at it."""

from typing import Final

from fleet_payment_systems.bills import Bill
from fleet_payment_systems.model import Step, Transaction, Wallet
from fleet_payment_systems.ports import BillSystem, RefusedForGood
from fleet_payment_systems.store.money import moved
from fleet_payment_systems.use_cases.obligations import counted
from shared import logs, metrics
from shared.clock import Clock

ACTOR: Final = "driver"


def asked_for(system: BillSystem, wallet: Wallet, bill: Transaction, clock: Clock) -> Transaction:
    """The bill's next version, to be committed: issued, or declined. Raises Unavailable.

    Its number was stored before, and is the system's key: a repeat makes no second bill.
    """
    end = bill.expires_at or bill.created_at
    wanted = Bill(
        number=bill.txn,
        park_id=bill.park_id,
        driver_id=bill.driver_id,
        payer=bill.account,
        amount=bill.amount,
        lifetime_s=int((end - bill.created_at).total_seconds()),
    )
    try:
        url = system.issue(wallet, wanted)
    except RefusedForGood as problem:
        return moved(bill, clock.now(), step=Step.DECLINED, reason=problem.code)
    return moved(bill, clock.now(), step=Step.ISSUED, pay_url=url)


def told_of(bill: Transaction) -> None:
    """Once it is committed: the payment system would not have it, its own code is the reason."""
    if bill.step == Step.DECLINED:
        metrics.count("FpsBillRefused", Provider=bill.system)
        logs.error("bill_refused", tx_id=bill.tx_id, system=bill.system, reason=bill.reason)
        counted(bill)
