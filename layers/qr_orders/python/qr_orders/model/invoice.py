"""Invoices of the transactions service, and what they do to an order (SPEC A.2.3, B.1). No IO."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qr_orders.model import IN_FLIGHT, Item, Order, Payment
from shared.money import Money

# The version that is cleared, and so of the payment's document.
PAYMENT_VERSION: Final = 1
# A basket is frozen by start-payment, so an invoice has two versions before its clear at most.
VOID_VERSION: Final = 2
# Where an invoice's status takes an order; any other pair says nothing new.
APPLIED: Final[Mapping[tuple[str, Payment], Payment]] = {
    ("holding", Payment.INIT): Payment.HOLDING,
    ("held", Payment.INIT): Payment.HELD,
    ("held", Payment.HOLDING): Payment.HELD,
    ("hold_failed", Payment.INIT): Payment.HOLD_FAILED,
    ("hold_failed", Payment.HOLDING): Payment.HOLD_FAILED,
    ("hold_failed", Payment.CANCELLING): Payment.CANCELLED,
    ("cancelled", Payment.CANCELLING): Payment.CANCELLED,
    ("cleared", Payment.CLEARING): Payment.CLEARED,
}


@dataclass(frozen=True, slots=True)
class Change:
    """One version of an invoice: the full basket that it was asked to hold (QO-29)."""

    order_id: str
    invoice_id: str
    version: int
    at: datetime
    author: str
    reason: str
    items: tuple[Item, ...]
    total: Money

    @property
    def operation_id(self) -> str:
        """Made before the call and the same at every repeat (R3)."""
        return f"{self.invoice_id}-u{self.version}"


@dataclass(frozen=True, slots=True)
class Invoice:
    """The transactions service's view, as far as we decide on it (SPEC B.1). Minor units."""

    invoice_id: str
    version: int
    status: str
    held: int
    cleared: int
    refunded: int
    error_code: str = ""
    redirect_url: str = ""


def disagrees(order: Order, invoice: Invoice) -> bool:
    """The invoice moved money that is not the order's: nobody may act on it unseen (C8)."""
    return (
        invoice.status == "held"
        and order.payment in IN_FLIGHT
        and invoice.held != order.total.minor
    ) or (
        invoice.status == "cleared"
        and order.payment is Payment.CLEARING
        and invoice.cleared != order.held
    )


def applied(order: Order, invoice: Invoice, now: datetime) -> Order | None:
    """The order after what the invoice says; None when it says nothing new (R7, QO-12).

    The only place where an invoice becomes an order's status.
    """
    if invoice.invoice_id != order.invoice_id or invoice.version < order.invoice_version:
        return None
    if disagrees(order, invoice):
        return None
    to = APPLIED.get((invoice.status, order.payment))
    if to is not None:
        return order.moved(now, to, **_facts(to, invoice))
    redirected = invoice.status == "holding" and invoice.redirect_url != order.redirect_url
    if redirected and order.payment is Payment.HOLDING:
        return order.moved(now, redirect_url=invoice.redirect_url)
    return None


def _facts(to: Payment, invoice: Invoice) -> dict[str, Any]:
    """What the order takes over from the invoice, besides the status."""
    match to:
        case Payment.HOLDING:
            return {"redirect_url": invoice.redirect_url}
        case Payment.HELD:
            return {"held": invoice.held, "redirect_url": ""}
        case Payment.HOLD_FAILED:
            return {"failure_code": invoice.error_code or "technical_error", "redirect_url": ""}
        case Payment.CANCELLED:
            return {"held": 0, "redirect_url": ""}
        case _:
            return {"cleared": invoice.cleared}
