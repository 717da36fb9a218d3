"""Billing (SPEC B.8): drivers' balances, an entry once a key, and its own ledger."""

from dataclasses import dataclass
from typing import Any, Final

from sandbox import drivers
from sandbox.tables import BillingRow
from shared.clock import Clock, from_ms, to_iso, to_ms
from shared.errors import Conflict, NotFound, Refused
from shared.ids import new_id
from shared.money import Money
from shared.store import ConditionFailed, Transaction, commit

_BALANCE: Final = "#balance"


@dataclass(frozen=True, slots=True)
class Entry:
    """`amount` is signed minor units: a reversal takes away."""

    key: str
    park_id: str
    driver_id: str
    amount: Money
    category: str

    @property
    def account(self) -> str:
        return f"{self.park_id}#{self.driver_id}"


@dataclass(frozen=True, slots=True)
class Balances:
    clock: Clock

    def enter(self, entry: Entry) -> tuple[str, Money]:
        """The entry's id and the balance after it; a repeat answers like the first.

        Raises driver_not_found, account_closed, insufficient_funds, idempotency_conflict.
        """
        if not drivers.is_known(entry.driver_id):
            raise NotFound("driver_not_found")
        while (found := BillingRow.find(entry.account, entry.key)) is None:
            self._write(entry)
        said = (entry.amount.minor, entry.amount.currency, entry.category)
        if said != (found.amount, found.currency, found.category):
            raise Conflict("idempotency_conflict")
        return found.entry_id or "", self.balance(entry.park_id, entry.driver_id)

    def balance(self, park_id: str, driver_id: str) -> Money:
        """Of a driver who had no entry yet: nothing, in the currency of nobody, told as UZS."""
        if not drivers.is_known(driver_id):
            raise NotFound("driver_not_found")
        row = BillingRow.find(f"{park_id}#{driver_id}", _BALANCE)
        return Money(0, "UZS") if row is None else Money(row.amount, row.currency)

    def ledger(self, park_id: str, driver_id: str) -> list[dict[str, Any]]:
        """The entries in the order they came."""
        rows = BillingRow.query(f"{park_id}#{driver_id}", consistent_read=True)
        entries = [row for row in rows if row.key != _BALANCE]
        return [
            {
                "entry_id": row.entry_id,
                "idempotency_key": row.key,
                "amount": str(Money(row.amount, row.currency)),
                "currency": row.currency,
                "category": row.category,
                "at": to_iso(from_ms(row.at)),
            }
            for row in sorted(entries, key=lambda row: (row.at, row.entry_id or ""))
        ]

    def _write(self, entry: Entry) -> None:
        """One try; somebody else's write in between is seen by the next look."""
        if drivers.is_closed(entry.driver_id):
            raise Refused("account_closed")
        now = self.clock.now()
        before = BillingRow.find(entry.account, _BALANCE)
        total = (before.amount if before is not None else 0) + entry.amount.minor
        if total < 0:
            raise Refused("insufficient_funds")
        row = BillingRow(
            entry.account,
            entry.key,
            amount=entry.amount.minor,
            currency=entry.amount.currency,
            category=entry.category,
            entry_id=new_id(now),
            at=to_ms(now),
        )
        balance = BillingRow(
            entry.account, _BALANCE, amount=total, currency=entry.amount.currency, at=to_ms(now)
        )
        unchanged = None if before is None else BillingRow.amount == before.amount
        transaction = Transaction()
        transaction.put(row, "entry")
        transaction.put(balance, "balance", unchanged)
        try:
            commit(transaction)
        except ConditionFailed:
            return
