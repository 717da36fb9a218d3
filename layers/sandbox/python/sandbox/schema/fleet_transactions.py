"""The fleet's books on the wire (SPEC B.9)."""

from typing import Literal

from sandbox.schema.wire import Text, Wire


class NewTransaction(Wire):
    category_id: Text
    amount: Text
    currency: Text
    description: Text
    event_at: Text

    def to_row(self) -> dict[str, str]:
        return {
            "category_id": self.category_id,
            "amount": self.amount,
            "currency": self.currency,
        }


class Lookup(Wire):
    """Which driver: the query of a GET."""

    account: Text
    by: Literal["pay_code", "phone", "license", "callsign"]
