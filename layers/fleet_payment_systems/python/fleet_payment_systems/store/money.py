"""Transactions, claims and the journal of the taxi parks' money."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from fleet_payment_systems.model import MOVES, Accepted, Direction, Step, Transaction, Wallet
from fleet_payment_systems.store import CLAIM, DAY, EVENT, SUSPENSE, TRANSACTION
from fleet_payment_systems.tables import ClaimRow, DayRow, EventRow, SuspenseRow, TransactionRow
from shared.clock import from_ms, to_ms
from shared.money import Money
from shared.store import Transaction as Writes
from shared.store import available

# 2 MB of XML; a function's answer may have 6.
STATEMENT_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Claim:
    """Who owns a payment system's number; a tombstone has no `first`."""

    park_id: str
    first: Accepted | None
    registered: bool


class MoneyStore:
    def claim(self, claim_id: str) -> Claim | None:
        row = ClaimRow.find(claim_id)
        if row is None:
            return None
        first = None if row.tx_id is None else _accepted(row)
        return Claim(row.park_id, first, bool(row.registered))

    def take(self, writes: Writes, claim_id: str, transaction: Transaction) -> None:
        """The number is the transaction's, for ever."""
        writes.put(_claim(claim_id, transaction), CLAIM)

    def bury(self, writes: Writes, claim_id: str, park_id: str) -> None:
        """A tombstone: whatever comes under this number is refused."""
        writes.put(ClaimRow(claim_id, park_id=park_id), CLAIM)

    def end(self, writes: Writes, claim_id: str, transaction: Transaction) -> None:
        """Repeats of its number are told from now on that it is cancelled; `transaction` is as it
        was before.
        """
        owned = ClaimRow.tx_id == transaction.tx_id
        writes.put(_claim(claim_id, transaction, cancelled=True), CLAIM, owned)

    def retake(
        self, writes: Writes, label: str, claim_id: str, new: Transaction, before: str
    ) -> None:
        """The claim names `new` from now on; it must name `before`, or nobody if that is ""."""
        row = _claim(claim_id, new)
        writes.put(row, label, ClaimRow.tx_id == before if before else None)

    def transaction(self, park_id: str, tx_id: str) -> Transaction | None:
        row = TransactionRow.find(park_id, tx_id)
        return None if row is None else to_transaction(row)

    def of_system(self, wallet: Wallet, tx_id: str) -> Transaction | None:
        """The payment that this park and system know as our number `tx_id`."""
        found = self.transaction(wallet.park_id, tx_id)
        if found is None or found.direction != Direction.CALLBACK:
            return None
        return found if found.system == wallet.system else None

    def add(self, writes: Writes, transaction: Transaction, actor: str) -> None:
        own = {Step.REGISTERED, Step.ISSUING}
        name = transaction.step.value if transaction.step in own else "accepted"
        writes.put(_row(transaction), TRANSACTION)
        self._journal(writes, transaction, name, actor, {})

    def save(
        self,
        writes: Writes,
        transaction: Transaction,
        name: str,
        actor: str,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """`transaction` carries the next version; the stored one must be the one before (R6)."""
        unchanged = TransactionRow.version == transaction.version - 1
        writes.put(_row(transaction), TRANSACTION, unchanged)
        self._journal(writes, transaction, name, actor, details or {})

    def suspend(self, writes: Writes, transaction: Transaction, owed: int) -> None:
        """`owed` minor units wait in the park's suspense account; negative for a reversal."""
        row = SuspenseRow(
            transaction.park_id,
            transaction.tx_id,
            amount=owed,
            currency=transaction.amount.currency,
            reason=transaction.reason,
            at=to_ms(transaction.updated_at),
        )
        writes.put(row, SUSPENSE)

    def count_day(self, writes: Writes, wallet: Wallet, day: str, amount: Money) -> None:
        """The wallet's day must have room for `amount`; only for wallets with a daily limit."""
        if wallet.limits.daily is None:
            return
        room = wallet.limits.daily.minor - amount.minor
        fits = DayRow.total.does_not_exist() | (DayRow.total <= room)
        if room < 0:
            fits = DayRow.total < 0
        row = DayRow(wallet.wallet_id, day)
        writes.update(row, DAY, [DayRow.total.set((DayRow.total | 0) + amount.minor)], fits)

    def statement(
        self, wallet: Wallet, since: datetime, until: datetime
    ) -> list[Transaction] | None:
        """The wallet's payments by the provider's time, both ends included: neither cancelled ones
        nor those that wait for a confirm. None: more than one answer can hold.
        """
        index = TransactionRow.by_provider_time
        between = TransactionRow.provider_time.between(to_ms(since), to_ms(until))
        with available():
            rows = list(index.query(wallet.wallet_id, between, limit=STATEMENT_MAX + 1))
        if len(rows) > STATEMENT_MAX:
            return None
        found = [to_transaction(row) for row in rows]
        paid = [one for one in found if one.step != Step.REGISTERED and not one.cancelled]
        return [one for one in paid if one.direction != Direction.REVERSAL]

    @staticmethod
    def _journal(
        writes: Writes, transaction: Transaction, name: str, actor: str, details: Mapping[str, Any]
    ) -> None:
        event = EventRow(
            f"tx#{transaction.tx_id}",
            transaction.version,
            at=to_ms(transaction.updated_at),
            name=name,
            actor=actor,
            details=dict(details) or None,
        )
        writes.put(event, EVENT)


def moved(transaction: Transaction, now: datetime, **changes: Any) -> Transaction:
    """The next version of `transaction`. Raises ValueError on a step that does not follow (M19)."""
    step = changes.get("step", transaction.step)
    if step not in MOVES[transaction.step] | {transaction.step}:
        raise ValueError(f"{transaction.step} is not followed by {step}")
    return replace(transaction, version=transaction.version + 1, updated_at=now, **changes)


def _row(one: Transaction) -> TransactionRow:
    return TransactionRow(
        one.park_id,
        one.tx_id,
        wallet_id=one.wallet_id,
        system=one.system,
        direction=one.direction.value,
        txn=one.txn,
        driver_key=f"{one.park_id}#{one.driver_id}",
        account=one.account,
        amount=one.amount.minor,
        commission=one.commission.minor,
        currency=one.amount.currency,
        state=one.state.value,
        step=one.step.value,
        version=one.version,
        created_at=to_ms(one.created_at),
        updated_at=to_ms(one.updated_at),
        provider_time=one.provider_time and to_ms(one.provider_time),
        reason=one.reason or None,
        billing_done_at=one.billing_done_at and to_ms(one.billing_done_at),
        commission_done_at=one.commission_done_at and to_ms(one.commission_done_at),
        fleet_tx_id=one.fleet_tx_id or None,
        reverses=one.reverses or None,
        reversed_by=one.reversed_by or None,
        confirmed_at=one.confirmed_at and to_ms(one.confirmed_at),
        pay_url=one.pay_url or None,
        expires_at=one.expires_at and to_ms(one.expires_at),
        replaces=one.replaces or None,
        replaced_by=one.replaced_by or None,
    )


def _claim(claim_id: str, one: Transaction, cancelled: bool | None = None) -> ClaimRow:
    return ClaimRow(
        claim_id,
        park_id=one.park_id,
        tx_id=one.tx_id,
        account=one.account,
        amount=one.amount.minor,
        currency=one.amount.currency,
        created_at=to_ms(one.created_at),
        provider_time=one.provider_time and to_ms(one.provider_time),
        registered=one.step == Step.REGISTERED or one.confirmed_at is not None or None,
        cancelled=cancelled,
    )


def _accepted(row: ClaimRow) -> Accepted:
    return Accepted(
        tx_id=row.tx_id,
        account=row.account,
        amount=Money(row.amount, row.currency),
        created_at=from_ms(row.created_at),
        provider_time=_moment(row.provider_time),
        cancelled=bool(row.cancelled),
    )


def to_transaction(row: TransactionRow) -> Transaction:
    return Transaction(
        tx_id=row.tx_id,
        park_id=row.park_id,
        wallet_id=row.wallet_id,
        system=row.system,
        direction=Direction(row.direction),
        txn=row.txn,
        driver_id=row.driver_key.removeprefix(f"{row.park_id}#"),
        account=row.account,
        amount=Money(row.amount, row.currency),
        commission=Money(row.commission, row.currency),
        step=Step(row.step),
        version=row.version,
        created_at=from_ms(row.created_at),
        updated_at=from_ms(row.updated_at),
        provider_time=_moment(row.provider_time),
        reason=row.reason or "",
        billing_done_at=_moment(row.billing_done_at),
        commission_done_at=_moment(row.commission_done_at),
        fleet_tx_id=row.fleet_tx_id or "",
        reverses=row.reverses or "",
        reversed_by=row.reversed_by or "",
        confirmed_at=_moment(row.confirmed_at),
        pay_url=row.pay_url or "",
        expires_at=_moment(row.expires_at),
        replaces=row.replaces or "",
        replaced_by=row.replaced_by or "",
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
