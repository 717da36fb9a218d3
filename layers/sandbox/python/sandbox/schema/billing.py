"""Billing on the wire (SPEC B.8)."""

from typing import Any, Literal

from sandbox.billing import Entry
from sandbox.schema.wire import Text, Wire
from shared.errors import InvalidRequest
from shared.money import BadAmount, Money


class NewEntry(Wire):
    """`amount` is a signed decimal text: "-250.00" takes away."""

    idempotency_key: Text
    park_id: Text
    driver_id: Text
    amount: Text
    currency: Text
    category: Literal["topup", "topup_commission", "reversal"]
    event_at: Text
    details: dict[str, Any]

    def to_entry(self) -> Entry:
        return Entry(
            self.idempotency_key, self.park_id, self.driver_id, self._money(), self.category
        )

    def _money(self) -> Money:
        try:
            money = Money.parse(self.amount.removeprefix("-"), self.currency)
        except BadAmount:
            raise InvalidRequest("bad_amount") from None
        return Money(-money.minor, money.currency) if self.amount.startswith("-") else money


class Account(Wire):
    """Whose: the query of a GET."""

    park_id: Text
    driver_id: Text
