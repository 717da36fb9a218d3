"""What the sandbox's systems ask of ours."""

from dataclasses import dataclass

from shared.internal import Internal
from shared.money import Money


@dataclass(frozen=True, slots=True)
class QrOrders:
    internal: Internal

    def cashback(self, order_id: str) -> Money:
        """What the order brings as things are now (QO-07)."""
        found = self.internal.call(
            "qr_orders",
            "get_cashback",
            "GET",
            "/qr-orders/v1/get-cashback",
            query={"order_id": order_id},
        )
        parts = (Money.parse(part["amount"], found["currency"]) for part in found["cashback"])
        return Money.total(parts, found["currency"])
