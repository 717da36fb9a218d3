"""The fleet's books (SPEC B.9): transactions of drivers, one an idempotency token."""

from dataclasses import dataclass
from typing import Any

from sandbox import drivers
from sandbox.tables import FleetTransactionRow
from shared.clock import Clock, from_ms, to_iso, to_ms
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.store import ConditionFailed, Transaction, commit


@dataclass(frozen=True, slots=True)
class Books:
    clock: Clock

    def record(self, park_id: str, driver_id: str, token: str, said: dict[str, str]) -> str:
        """The new transaction's id. Raises Conflict: replay names the first one's id, another
        content under the same token is idempotency_conflict.
        """
        if not drivers.is_known(driver_id):
            raise NotFound("driver_not_found")
        now = self.clock.now()
        row = FleetTransactionRow(
            park_id,
            token,
            transaction_id=new_id(now),
            driver_id=driver_id,
            category_id=said["category_id"],
            amount=said["amount"],
            currency=said["currency"],
            at=to_ms(now),
        )
        transaction = Transaction()
        transaction.put(row, "transaction")
        try:
            commit(transaction)
        except ConditionFailed:
            raise self._replay(row) from None
        return row.transaction_id

    def of_park(self, park_id: str) -> list[dict[str, Any]]:
        """In the order they came."""
        rows = FleetTransactionRow.query(park_id, consistent_read=True)
        return [
            {
                "transaction_id": row.transaction_id,
                "token": row.token,
                "driver_id": row.driver_id,
                "category_id": row.category_id,
                "amount": row.amount,
                "currency": row.currency,
                "at": to_iso(from_ms(row.at)),
            }
            for row in sorted(rows, key=lambda row: row.transaction_id)
        ]

    @staticmethod
    def _replay(row: FleetTransactionRow) -> Conflict:
        first = FleetTransactionRow.get(row.park_id, row.token, consistent_read=True)
        fields = ("driver_id", "category_id", "amount", "currency")
        if any(getattr(first, field) != getattr(row, field) for field in fields):
            return Conflict("idempotency_conflict")
        return Conflict("replay", transaction_id=first.transaction_id)
