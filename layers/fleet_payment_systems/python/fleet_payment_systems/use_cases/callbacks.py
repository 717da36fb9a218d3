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
    Confirm,
    News,
    Operation,
    Outcome,
    Pay,
    Ping,
    Query,
    Result,
    Statement,
    Withdraw,
)
from fleet_payment_systems.ports import Billing, Driver, Drivers, Safe
from fleet_payment_systems.store.money import Claim, MoneyStore
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.bill_news import BillNews
from fleet_payment_systems.use_cases.cancels import Cancels
from fleet_payment_systems.use_cases.confirms import Confirms
from fleet_payment_systems.use_cases.obligations import arm_credit, counted, pay_claim
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
    cancels: Cancels
    confirms: Confirms
    news: BillNews
    safe: Safe
    clock: Clock
    new_tx_id: Callable[[datetime], str]
    in_two_stores: bool = False
    """While wallets are in the old store, too, only dispatchers change them (decision 25)."""

    def run(self, wallet: Wallet, link: Link, operation: Operation) -> Outcome:
        """Never raises but for a defect: an unknown outcome is TEMPORARY_ERROR (R3)."""
        try:
            outcome = self._run(wallet, link, operation)
        except Declined as declined:
            outcome = Outcome(declined.result)
        except (Unavailable, ConditionFailed):
            # Unknown, or somebody was quicker: it asks again and finds what became of it.
            outcome = Outcome(Result.TEMPORARY_ERROR)
        if outcome.result == Result.TEMPORARY_ERROR:
            metrics.count("FpsTryLater")
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
            case Confirm():
                _must_take_payments(wallet)
                return self.confirms.confirm(wallet, link, operation)
            case Cancel() | Withdraw():
                return self.cancels.cancel(wallet, link, operation)
            case ChangePassword():
                return self._change_password(wallet, link, operation)
            case Query() | Statement() | News() | Ping():
                return self._look(wallet, operation)

    def _check(self, wallet: Wallet, check: Check) -> Outcome:
        _must_take_payments(wallet)
        driver = self._driver(wallet, check.account)
        if check.amount is not None:
            within_limits(wallet, check.amount)
        balance = self._balance(wallet, driver) if wallet.show_balance else None
        return Outcome(Result.OK, name=driver.name, balance=balance)

    def _balance(self, wallet: Wallet, driver: Driver) -> Money | None:
        """A courtesy: terminals go on taking money while billing is down (FP-32)."""
        try:
            return self.billing.balance(wallet.park_id, driver.driver_id)
        except Unavailable:
            return None

    def _pay(self, wallet: Wallet, link: Link, pay: Pay) -> Outcome:
        claim_id = pay_claim(wallet, pay.txn)
        claim = self.money.claim(claim_id)
        if claim is not None:
            return self._again(claim, pay)
        _must_take_payments(wallet)
        driver = self._driver(wallet, pay.account)
        within_limits(wallet, pay.amount)
        transaction = self._accepted(wallet, pay, driver)
        try:
            commit(self._acceptance(wallet, link, claim_id, transaction))
        except ConditionFailed as problem:
            return self._lost(wallet, claim_id, pay, transaction, problem.labels)
        counted(transaction)
        return Outcome(Result.OK, name=driver.name, transaction=transaction.accepted)

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
            step=Step.REGISTERED if pay.registers else Step.QUEUED,
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
        self.money.take(writes, claim_id, transaction)
        self.money.add(writes, transaction, wallet.system)
        day = now.astimezone(ZoneInfo(wallet.timezone)).date().isoformat()
        self.money.count_day(writes, wallet, day, transaction.amount)
        arm_credit(self.tasks, writes, transaction)
        return writes

    def _lost(
        self,
        wallet: Wallet,
        claim_id: str,
        pay: Pay,
        transaction: Transaction,
        failed: frozenset[str],
    ) -> Outcome:
        """The claim decides first: whoever has it was told success, or is about to be (PC2)."""
        if labels.CLAIM in failed:
            claim = self.money.claim(claim_id)
            if claim is None:
                return Outcome(Result.TEMPORARY_ERROR)
            if claim.first is not None and claim.first.tx_id == transaction.tx_id:
                # An earlier try of ours was written and its answer lost.
                return Outcome(Result.OK, transaction=claim.first)
            return self._again(claim, pay)
        if labels.WALLET in failed:
            now = self.wallets.find(wallet.wallet_id)
            switched_off = now is not None and now.deleted_at is None and not now.enabled
            return Outcome(Result.PAYMENT_FORBIDDEN if switched_off else Result.AUTH_FAILED)
        if labels.DAY in failed:
            return Outcome(Result.AMOUNT_TOO_LARGE)
        return Outcome(Result.TEMPORARY_ERROR)

    def _again(self, claim: Claim, pay: Pay) -> Outcome:
        """The same number once more: the first transaction's answer, or a conflict (PC1, PC3)."""
        first = claim.first
        if first is None:
            return Outcome(Result.ALREADY_CANCELLED)
        known = (first.account, first.amount, claim.registered)
        if known != (pay.account, pay.amount, pay.registers):
            metrics.count("FpsDuplicateConflict")
            logs.error("duplicate_conflict", tx_id=first.tx_id, park_id=claim.park_id)
            return Outcome(Result.DUPLICATE_CONFLICT, transaction=first)
        if first.cancelled:
            return Outcome(Result.ALREADY_CANCELLED, transaction=first)
        return Outcome(Result.DUPLICATE, transaction=first)

    def _look(self, wallet: Wallet, asked: Query | Statement | News | Ping) -> Outcome:
        if isinstance(asked, Ping):
            return Outcome(Result.OK)
        if isinstance(asked, News):
            return self.news.tell(wallet, asked)
        if isinstance(asked, Statement):
            found = self.money.statement(wallet, asked.since, asked.until)
            if found is None:
                return Outcome(Result.BAD_REQUEST)
            return Outcome(Result.OK, statement=tuple(found))
        claim = self.money.claim(pay_claim(wallet, asked.txn))
        if claim is None or claim.first is None:
            return Outcome(Result.TXN_NOT_FOUND)
        result = Result.ALREADY_CANCELLED if claim.first.cancelled else Result.OK
        return Outcome(result, transaction=claim.first)

    def _change_password(self, wallet: Wallet, link: Link, change: ChangePassword) -> Outcome:
        _must_take_payments(wallet)
        if self.in_two_stores:
            return Outcome(Result.TEMPORARY_ERROR)
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
        driver = self.drivers.find(wallet.park_id, account, wallet.driver_lookup)
        if driver is None:
            raise Declined(Result.ACCOUNT_NOT_FOUND)
        if not driver.active:
            raise Declined(Result.ACCOUNT_BLOCKED)
        return driver


def _must_take_payments(wallet: Wallet) -> None:
    """A wallet switched off takes nothing new, and answers for all that it has taken (M8)."""
    if not wallet.enabled:
        raise Declined(Result.PAYMENT_FORBIDDEN)


def within_limits(wallet: Wallet, amount: Money) -> None:
    """Raises Declined."""
    limits = wallet.limits
    if amount.minor <= 0 or amount.currency != wallet.currency:
        raise Declined(Result.AMOUNT_INVALID)
    if limits.minimum is not None and amount.minor < limits.minimum.minor:
        raise Declined(Result.AMOUNT_TOO_SMALL)
    for bound in (limits.maximum, limits.daily):
        if bound is not None and amount.minor > bound.minor:
            raise Declined(Result.AMOUNT_TOO_LARGE)
