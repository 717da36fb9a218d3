"""Cashback of an order: what it is counted on, and what the cashback service is told. No IO."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qr_orders.model import Order
from qr_orders.model.invoice import PAYMENT_VERSION, Change
from shared.money import EXPONENTS, Money


@dataclass(frozen=True, slots=True)
class Offer:
    """What the partner promised when the order was opened: a share of the sum, up to a maximum."""

    rate: str
    max: Money

    @classmethod
    def of(cls, partner: Mapping[str, Any], currency: str) -> "Offer":
        """From the order's snapshot of its partner (decision 3)."""
        terms = partner["cashback"]
        return cls(terms["rate"], Money.parse(terms["max"], currency))

    def on(self, base: Money) -> Money:
        """Capped, then floored to whole units: 1570.00 × 5 % = 78.00 (decision 4)."""
        minor = min(int(base.minor * Decimal(self.rate)), self.max.minor)
        return Money(minor - minor % 10 ** EXPONENTS[base.currency], base.currency)


@dataclass(frozen=True, slots=True)
class Credit:
    """Cashback that the cashback service says it has credited; `ticket_id` is its own."""

    ticket_id: str
    order_id: str
    amount: Money
    credited_at: str


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """News for the bus (decision 11). `event_id` is the same at every repeat."""

    kind: str
    event_id: str
    detail: Mapping[str, str | int]

    @classmethod
    def of(cls, order: Order, change: Change) -> "PaymentEvent":
        """Of one version of a cleared invoice: what that version leaves of the payment."""
        refunded = Money(order.cleared, order.total.currency) - change.total
        kind = "payment.cleared" if change.version == PAYMENT_VERSION else "payment.refunded"
        event_id = f"{order.order_id}:{change.version}"
        detail: dict[str, str | int] = {
            "event_id": event_id,
            "order_id": order.order_id,
            "invoice_id": change.invoice_id,
            "version": change.version,
            "user_id": order.user_id,
            "refunded": str(refunded),
            "net_amount": str(change.total),
            "currency": order.total.currency,
        }
        return cls(kind, event_id, detail)
