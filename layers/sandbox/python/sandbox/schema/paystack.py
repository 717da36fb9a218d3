"""Paystack on the wire (protocols, wallets-soap 4)."""

import json
from typing import Annotated, Any, Final

from pydantic import Field

from sandbox import bills
from sandbox.bills import NewBill
from sandbox.schema.wire import Id, Text, Wire
from sandbox.tables import BillRow
from shared.clock import from_ms, to_iso
from shared.http import Reply
from shared.money import Money

# An abandoned page may still be paid.
_NO_END_MS: Final = 10 * 365 * 86_400_000
_STATUSES: Final = {
    bills.WAITING: "abandoned",
    bills.PAID: "success",
    bills.REJECTED: "failed",
    bills.EXPIRED: "failed",
}


class Initialize(Wire):
    """`amount` is in minor units."""

    email: Text
    amount: Annotated[int, Field(ge=1)]
    currency: Text
    reference: Id
    metadata: dict[str, str] = Field(default_factory=dict)

    def to_bill(self) -> NewBill:
        money = Money(self.amount, self.currency)
        return NewBill(self.reference, money, self.email, _NO_END_MS, json.dumps(self.metadata))


def ok(message: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"status": True, "message": message, "data": data}


def refused(status: int, message: str, **more: str) -> Reply:
    return Reply({"status": False, "message": message, **more}, status)


def transaction(reference: str, row: BillRow) -> dict[str, Any]:
    """`data` of verify, and of a webhook."""
    return {
        "id": 4_000_000_000 + row.at % 1_000_000_000,
        "domain": "test",
        "status": _STATUSES[row.status],
        "reference": reference,
        "amount": row.amount,
        "currency": row.currency,
        "paid_at": to_iso(from_ms(row.at)) if row.status == bills.PAID else None,
        "channel": "card",
        "metadata": json.loads(row.note or "{}"),
    }
