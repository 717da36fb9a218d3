"""A payment system takes a payment back: before it came, before it is credited, afterwards.

A wallet that is switched off answers too: whoever was told success may still take it back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fleet_payment_systems.model import Direction, Link, Step, Transaction, Wallet
from fleet_payment_systems.operations import Cancel, Outcome, Result, Withdraw
from fleet_payment_systems.ports import Billing
from fleet_payment_systems.store.money import MoneyStore, moved
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.obligations import arm_credit, counted, pay_claim
from shared.clock import Clock
from shared.store import Transaction as Writes
from shared.store import commit
from shared.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Cancels:
    wallets: WalletStore
    money: MoneyStore
    tasks: Tasks
    billing: Billing
    clock: Clock
    new_tx_id: Callable[[datetime], str]

    def cancel(self, wallet: Wallet, link: Link, asked: Cancel | Withdraw) -> Outcome:
        if isinstance(asked, Withdraw):
            return self._by_our_number(wallet, link, asked.tx_id)
        return self._by_its_number(wallet, link, asked)

    def _by_its_number(self, wallet: Wallet, link: Link, cancel: Cancel) -> Outcome:
        claim_id = pay_claim(wallet, cancel.txn)
        claim = self.money.claim(claim_id)
        if claim is None:
            return self._tombstone(wallet, link, claim_id)
        if claim.first is None:
            return Outcome(Result.TXN_NOT_FOUND)
        first = self.money.transaction(claim.park_id, claim.first.tx_id)
        if first is None:
            raise LookupError("a claim without its transaction")
        told = (cancel.account or first.account, cancel.amount or first.amount)
        if told != (first.account, first.amount):
            return Outcome(Result.DUPLICATE_CONFLICT, transaction=first.accepted)
        return self._take_back(wallet, link, first)

    def _by_our_number(self, wallet: Wallet, link: Link, tx_id: str) -> Outcome:
        """What is confirmed is taken back by the rules of a reversal only, credited or not: the
        answer must not depend on how quick the worker was.
        """
        first = self.money.of_system(wallet, tx_id)
        if first is None:
            return Outcome(Result.TXN_NOT_FOUND)
        kept = first.confirmed_at is not None and not wallet.allow_reversal
        if kept and not first.cancelled:
            return Outcome(Result.CANCEL_FORBIDDEN, transaction=first.accepted)
        return self._take_back(wallet, link, first)

    def _take_back(self, wallet: Wallet, link: Link, first: Transaction) -> Outcome:
        if first.cancelled:
            done = first.accepted
            return Outcome(Result.ALREADY_CANCELLED, transaction=done, at=first.updated_at)
        if first.step in {Step.REGISTERED, Step.QUEUED}:
            return self._give_up(wallet, link, first)
        if first.step == Step.DONE:
            return self._reverse(wallet, link, first)
        if first.step == Step.CREDITING:
            return Outcome(Result.IN_PROGRESS, transaction=first.accepted)
        return Outcome(Result.CANCEL_FORBIDDEN, transaction=first.accepted)

    def _tombstone(self, wallet: Wallet, link: Link, claim_id: str) -> Outcome:
        """The cancel came first: the payment, should it still come, is refused (PC11)."""
        writes = Writes()
        self.wallets.must_answer(writes, wallet, link, self.clock.now())
        self.money.bury(writes, claim_id, wallet.park_id)
        commit(writes)
        return Outcome(Result.TXN_NOT_FOUND)

    def _give_up(self, wallet: Wallet, link: Link, first: Transaction) -> Outcome:
        """Nothing was credited yet; the worker finds the step and stops (PC23)."""
        now = self.clock.now()
        cancelled = moved(first, now, step=Step.CANCELLED, reason="cancelled_by_provider")
        writes = Writes()
        self.wallets.must_answer(writes, wallet, link, now)
        self.money.save(writes, cancelled, "cancelled", wallet.system)
        self.money.end(writes, pay_claim(wallet, first.txn), first)
        if first.step == Step.REGISTERED:
            # Its task has days to wait; it ends with the payment.
            arm_credit(self.tasks, writes, cancelled)
        commit(writes)
        counted(cancelled)
        return Outcome(Result.OK, transaction=cancelled.accepted, at=now)

    def _reverse(self, wallet: Wallet, link: Link, first: Transaction) -> Outcome:
        """A compensating transaction, when park and balance allow it (0.2, 7; PC12)."""
        if not wallet.allow_reversal or first.direction == Direction.REVERSAL:
            return Outcome(Result.CANCEL_FORBIDDEN, transaction=first.accepted)
        balance = self.billing.balance(wallet.park_id, first.driver_id)
        needed = first.amount - first.commission
        if balance.currency != needed.currency or balance.minor < needed.minor:
            return Outcome(Result.CANCEL_FORBIDDEN, transaction=first.accepted)
        now = self.clock.now()
        reversal = _reversal_of(first, self.new_tx_id(now), now)
        reversed_ = moved(first, now, reversed_by=reversal.tx_id)
        writes = Writes()
        self.wallets.must_answer(writes, wallet, link, now)
        self.money.save(writes, reversed_, "reversed", wallet.system, {"by": reversal.tx_id})
        self.money.end(writes, pay_claim(wallet, first.txn), first)
        self.money.add(writes, reversal, wallet.system)
        arm_credit(self.tasks, writes, reversal)
        commit(writes)
        counted(reversal)
        return Outcome(Result.OK, transaction=reversed_.accepted, at=now)


def _reversal_of(first: Transaction, tx_id: str, now: datetime) -> Transaction:
    return Transaction(
        tx_id=tx_id,
        park_id=first.park_id,
        wallet_id=first.wallet_id,
        system=first.system,
        direction=Direction.REVERSAL,
        txn=first.txn,
        driver_id=first.driver_id,
        account=first.account,
        amount=first.amount,
        commission=first.commission,
        step=Step.QUEUED,
        version=1,
        created_at=now,
        updated_at=now,
        reverses=first.tx_id,
    )
