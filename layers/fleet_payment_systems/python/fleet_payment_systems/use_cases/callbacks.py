"""The one engine behind every payment system's callback (FX-16..19, RELIABILITY 2.5).

"Accepted" means: one transaction wrote claim, payment and the task that credits it. Whatever may
refuse a payment is decided before; afterwards the answer stays the same success for ever (M8).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fleet_payment_systems import store as labels
from fleet_payment_systems.accounts import well_formed
from fleet_payment_systems.model import Direction, Link, Step, Transaction, Wallet
from fleet_payment_systems.operations import (
    Cancel,
    ChangePassword,
    Check,
    Operation,
    Outcome,
    Pay,
    Query,
    Result,
    Statement,
)
from fleet_payment_systems.ports import Billing, Driver, Drivers, RefusedForGood, Safe
from fleet_payment_systems.store.money import Claim, MoneyStore, moved
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.task_names import CREDIT
from fleet_payment_systems.use_cases.passwords import with_password
from shared import logs, metrics
from shared.clock import Clock
from shared.errors import Unavailable
from shared.money import Money
from shared.store import ConditionFailed, commit
from shared.store import Transaction as Writes
from shared.tasks import Tasks


class Declined(Exception):
    """The operation ends with `result`, and nothing was written."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result


@dataclass(frozen=True, slots=True)
class Callbacks:
    wallets: WalletStore
    money: MoneyStore
    tasks: Tasks
    drivers: Drivers
    billing: Billing
    safe: Safe
    clock: Clock
    new_tx_id: Callable[[datetime], str]

    def run(self, wallet: Wallet, link: Link, operation: Operation) -> Outcome:
        """Never raises but for a defect: an unknown outcome is TEMPORARY_ERROR (R3)."""
        try:
            outcome = self._run(wallet, link, operation)
        except Declined as declined:
            outcome = Outcome(declined.result)
        except Unavailable:
            outcome = Outcome(Result.TEMPORARY_ERROR)
        except ConditionFailed:
            # Somebody was quicker; the payment system asks again and finds what became of it.
            outcome = Outcome(Result.TEMPORARY_ERROR)
        metrics.count(
            "FpsOperations",
            Provider=wallet.system,
            Operation=type(operation).__name__.lower(),
            Result=outcome.result.value,
        )
        return outcome

    def _run(self, wallet: Wallet, link: Link, operation: Operation) -> Outcome:
        match operation:
            case Check():
                return self._check(wallet, operation)
            case Pay():
                return self._pay(wallet, link, operation)
            case Query():
                return self._query(wallet, operation.txn)
            case Cancel():
                return self._cancel(wallet, link, operation)
            case Statement():
                found = self.money.statement(wallet, operation.since, operation.until)
                return Outcome(Result.OK, statement=tuple(found))
            case ChangePassword():
                return self._change_password(wallet, link, operation)

    def _check(self, wallet: Wallet, check: Check) -> Outcome:
        driver = self._driver(wallet, check.account)
        if check.amount is not None:
            _within_limits(wallet, check.amount)
        balance = None
        if wallet.show_balance:
            balance = self.billing.balance(wallet.park_id, driver.driver_id)
        return Outcome(Result.OK, name=driver.name, balance=balance)

    def _pay(self, wallet: Wallet, link: Link, pay: Pay) -> Outcome:
        claim_id = pay_claim(wallet, pay.txn)
        claim = self.money.claim(claim_id)
        if claim is not None:
            return self._again(claim, pay)
        driver = self._driver(wallet, pay.account)
        _within_limits(wallet, pay.amount)
        transaction = self._accepted(wallet, pay, driver)
        try:
            commit(self._acceptance(wallet, link, claim_id, transaction))
        except ConditionFailed as problem:
            return self._lost(claim_id, pay, transaction, problem.labels)
        _count(transaction)
        return Outcome(Result.OK, name=driver.name, transaction=transaction)

    def _accepted(self, wallet: Wallet, pay: Pay, driver: Driver) -> Transaction:
        now = self.clock.now()
        return Transaction(
            tx_id=self.new_tx_id(now),
            park_id=wallet.park_id,
            wallet_id=wallet.wallet_id,
            system=wallet.system,
            direction=Direction.CALLBACK,
            txn=pay.txn,
            driver_id=driver.driver_id,
            account=pay.account,
            amount=pay.amount,
            commission=pay.amount.times(wallet.commission_rate),
            step=Step.QUEUED,
            version=1,
            created_at=now,
            updated_at=now,
            provider_time=pay.provider_time or now,
        )

    def _acceptance(
        self, wallet: Wallet, link: Link, claim_id: str, transaction: Transaction
    ) -> Writes:
        writes = Writes()
        now = transaction.created_at
        self.wallets.must_take(writes, wallet, link, now)
        self.money.take(writes, claim_id, wallet.park_id, transaction.tx_id)
        self.money.add(writes, transaction, wallet.system)
        day = now.astimezone(ZoneInfo(wallet.timezone)).date().isoformat()
        self.money.count_day(writes, wallet, day, transaction.amount)
        arm_credit(self.tasks, writes, transaction)
        return writes

    def _lost(
        self, claim_id: str, pay: Pay, transaction: Transaction, failed: frozenset[str]
    ) -> Outcome:
        if labels.CLAIM in failed:
            claim = self.money.claim(claim_id)
            if claim is not None and claim.tx_id == transaction.tx_id:
                # An earlier try of ours was written and its answer lost.
                return Outcome(Result.OK, transaction=transaction)
            return Outcome(Result.TEMPORARY_ERROR) if claim is None else self._again(claim, pay)
        if labels.WALLET in failed:
            return Outcome(Result.AUTH_FAILED)
        if labels.DAY in failed:
            return Outcome(Result.AMOUNT_TOO_LARGE)
        return Outcome(Result.TEMPORARY_ERROR)

    def _again(self, claim: Claim, pay: Pay) -> Outcome:
        """The same number once more: the first transaction's answer, or a conflict (PC1, PC3)."""
        if not claim.tx_id:
            return Outcome(Result.ALREADY_CANCELLED)
        first = self._of(claim)
        if (first.account, first.amount) != (pay.account, pay.amount):
            metrics.count("FpsDuplicateConflict", Provider=first.system)
            logs.error("duplicate_conflict", tx_id=first.tx_id, system=first.system)
            return Outcome(Result.DUPLICATE_CONFLICT, transaction=first)
        if first.cancelled:
            return Outcome(Result.ALREADY_CANCELLED, transaction=first)
        return Outcome(Result.DUPLICATE, transaction=first)

    def _query(self, wallet: Wallet, txn: str) -> Outcome:
        claim = self.money.claim(pay_claim(wallet, txn))
        if claim is None or not claim.tx_id:
            return Outcome(Result.TXN_NOT_FOUND)
        found = self._of(claim)
        result = Result.ALREADY_CANCELLED if found.cancelled else Result.OK
        return Outcome(result, transaction=found)

    def _cancel(self, wallet: Wallet, link: Link, cancel: Cancel) -> Outcome:
        claim_id = pay_claim(wallet, cancel.txn)
        claim = self.money.claim(claim_id)
        if claim is None:
            return self._tombstone(wallet, link, claim_id)
        if not claim.tx_id:
            return Outcome(Result.TXN_NOT_FOUND)
        first = self._of(claim)
        told = (cancel.account or first.account, cancel.amount or first.amount)
        if told != (first.account, first.amount):
            return Outcome(Result.DUPLICATE_CONFLICT, transaction=first)
        return self._take_back(wallet, link, first)

    def _take_back(self, wallet: Wallet, link: Link, first: Transaction) -> Outcome:
        if first.cancelled:
            return Outcome(Result.ALREADY_CANCELLED, transaction=first)
        if first.step == Step.QUEUED:
            return self._withdraw(wallet, link, first)
        if first.step == Step.DONE:
            return self._reverse(wallet, link, first)
        if first.step == Step.CREDITING:
            return Outcome(Result.IN_PROGRESS, transaction=first)
        return Outcome(Result.CANCEL_FORBIDDEN, transaction=first)

    def _tombstone(self, wallet: Wallet, link: Link, claim_id: str) -> Outcome:
        """The cancel came first: the payment, should it still come, is refused (PC11)."""
        writes = Writes()
        self.wallets.must_take(writes, wallet, link, self.clock.now())
        self.money.take(writes, claim_id, wallet.park_id)
        commit(writes)
        return Outcome(Result.TXN_NOT_FOUND)

    def _withdraw(self, wallet: Wallet, link: Link, first: Transaction) -> Outcome:
        """Nothing was credited yet; the worker finds the step and stops (PC23)."""
        now = self.clock.now()
        cancelled = moved(first, now, step=Step.CANCELLED, reason="cancelled_by_provider")
        writes = Writes()
        self.wallets.must_take(writes, wallet, link, now)
        self.money.save(writes, cancelled, "cancelled", wallet.system)
        commit(writes)
        _count(cancelled)
        return Outcome(Result.OK, transaction=cancelled)

    def _reverse(self, wallet: Wallet, link: Link, first: Transaction) -> Outcome:
        """A compensating transaction, when park and balance allow it (0.2, 7; PC12)."""
        if not wallet.allow_reversal or first.direction == Direction.REVERSAL:
            return Outcome(Result.CANCEL_FORBIDDEN, transaction=first)
        balance = self.billing.balance(wallet.park_id, first.driver_id)
        if balance.currency != first.amount.currency or balance.minor < first.amount.minor:
            return Outcome(Result.CANCEL_FORBIDDEN, transaction=first)
        now = self.clock.now()
        reversal = _reversal_of(first, self.new_tx_id(now), now)
        reversed_ = moved(first, now, reversed_by=reversal.tx_id)
        writes = Writes()
        self.wallets.must_take(writes, wallet, link, now)
        self.money.save(writes, reversed_, "reversed", wallet.system, {"by": reversal.tx_id})
        self.money.add(writes, reversal, wallet.system)
        arm_credit(self.tasks, writes, reversal)
        commit(writes)
        return Outcome(Result.OK, transaction=reversed_)

    def _change_password(self, wallet: Wallet, link: Link, change: ChangePassword) -> Outcome:
        now = self.clock.now()
        if not link.active(now):
            return Outcome(Result.AUTH_FAILED)
        changed = with_password(wallet, change.password, self.safe, now)
        if changed is None:
            return Outcome(Result.PASSWORD_WEAK)
        writes = Writes()
        self.wallets.save(writes, changed, "password_changed", wallet.system, {})
        commit(writes)
        return Outcome(Result.OK)

    def _driver(self, wallet: Wallet, account: str) -> Driver:
        if not well_formed(account, wallet.driver_lookup):
            raise Declined(Result.ACCOUNT_FORMAT)
        try:
            driver = self.drivers.find(wallet.park_id, account, wallet.driver_lookup)
        except RefusedForGood as problem:
            logs.error("driver_lookup_refused", code=problem.code, wallet_id=wallet.wallet_id)
            raise Declined(Result.PAYMENT_FORBIDDEN) from problem
        if driver is None:
            raise Declined(Result.ACCOUNT_NOT_FOUND)
        if not driver.active:
            raise Declined(Result.ACCOUNT_BLOCKED)
        return driver

    def _of(self, claim: Claim) -> Transaction:
        found = self.money.transaction(claim.park_id, claim.tx_id)
        if found is None:
            raise LookupError("a claim without its transaction")
        return found


def pay_claim(wallet: Wallet, txn: str) -> str:
    """Never the wallet or the link: making either anew opens no second credit (FX-16)."""
    return f"pay#{wallet.park_id}#{wallet.system}#{txn}"


def arm_credit(tasks: Tasks, writes: Writes, transaction: Transaction) -> None:
    payload = {"park_id": transaction.park_id, "tx_id": transaction.tx_id}
    task_id = f"{CREDIT}#{transaction.park_id}#{transaction.tx_id}"
    tasks.arm(writes, task_id, payload, transaction.updated_at)


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


def _within_limits(wallet: Wallet, amount: Money) -> None:
    limits = wallet.limits
    if amount.minor <= 0 or amount.currency != wallet.currency:
        raise Declined(Result.AMOUNT_INVALID)
    if limits.minimum is not None and amount.minor < limits.minimum.minor:
        raise Declined(Result.AMOUNT_TOO_SMALL)
    for bound in (limits.maximum, limits.daily):
        if bound is not None and amount.minor > bound.minor:
            raise Declined(Result.AMOUNT_TOO_LARGE)


def _count(transaction: Transaction) -> None:
    state = transaction.state.value
    metrics.count("FpsTransactions", Provider=transaction.system, State=state)
