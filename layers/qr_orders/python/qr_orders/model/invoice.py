"""Invoices of the transactions service, and what they do to an order (SPEC A.2.3, B.1). No IO."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
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
# Statuses of an invoice after its clear in which no money is on its way.
_SETTLED: Final = frozenset({"cleared", "refunded"})


@dataclass(frozen=True, slots=True)
class Change:
    """One version of an invoice: the full basket that it was asked to hold, or to keep (QO-29).

    Of a refund, `returned` are the refunded items alone: what its receipt lists (RC-27).
    """

    order_id: str
    invoice_id: str
    version: int
    at: datetime
    author: str
    reason: str
    items: tuple[Item, ...]
    total: Money
    refund_id: str = ""
    returned: tuple[Item, ...] = ()

    @property
    def back(self) -> Money:
        """What this version gives back to the guest: its refund's amount."""
        return Money.total((item.total for item in self.returned), self.total.currency)

    @property
    def operation_id(self) -> str:
        """Made before the call and the same at every repeat (R3)."""
        return _update_id(self.invoice_id, self.version)


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the engine's basket; `amount` of the whole line, in minor units."""

    item_id: str
    quantity: Decimal
    amount: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """The transactions service's view, as far as we decide on it (SPEC B.1). Minor units.

    `operations`: the status of each accepted call, by its id.
    """

    invoice_id: str
    version: int
    status: str
    held: int
    cleared: int
    refunded: int
    error_code: str = ""
    redirect_url: str = ""
    lines: tuple[Line, ...] = ()
    operations: Mapping[str, str] = field(default_factory=dict)


def unsent(order: Order, invoice: Invoice) -> bool:
    """A refund of which the engine knows nothing yet."""
    return order.payment is Payment.REFUNDING and _refund_status(order, invoice) == "unknown"


def disagrees(order: Order, invoice: Invoice) -> bool:
    """The invoice moved money that is not the order's: nobody may act on it unseen (C8)."""
    return (
        (
            invoice.status == "held"
            and order.payment in IN_FLIGHT
            and invoice.held != order.total.minor
        )
        or (
            invoice.status == "cleared"
            and order.payment is Payment.CLEARING
            and invoice.cleared != order.held
        )
        or (
            order.payment is Payment.REFUNDING
            and invoice.refunded != _refunded_by_now(order, invoice)
        )
    )


def _refunded_by_now(order: Order, invoice: Invoice) -> int:
    """What the engine has given back, if all goes as we think."""
    done = _refund_status(order, invoice) == "done" and invoice.status in _SETTLED
    return order.refunded + (order.refunding if done else 0)


def applied(order: Order, invoice: Invoice, now: datetime) -> Order | None:
    """The order after what the invoice says; None when it says nothing new (R7, QO-12).

    The only place where an invoice becomes an order's status.
    """
    if invoice.invoice_id != order.invoice_id or invoice.version < order.invoice_version:
        return None
    if disagrees(order, invoice):
        return None
    to = APPLIED.get((invoice.status, order.payment)) or _refund_end(order, invoice)
    if to is not None:
        return order.moved(now, to, **_facts(to, invoice))
    redirected = invoice.status == "holding" and invoice.redirect_url != order.redirect_url
    if redirected and order.payment is Payment.HOLDING:
        return order.moved(now, redirect_url=invoice.redirect_url)
    return None


def _refund_end(order: Order, invoice: Invoice) -> Payment | None:
    """How the refund under way has ended; None while it has not, or there is none."""
    if order.payment is not Payment.REFUNDING or invoice.status not in _SETTLED:
        return None
    match _refund_status(order, invoice):
        case "failed":
            return Payment.REFUND_FAILED
        case "done" if invoice.refunded == order.cleared:
            return Payment.REFUNDED
        case "done":
            return Payment.PARTIALLY_REFUNDED
    return None


def _refund_status(order: Order, invoice: Invoice) -> str:
    """Of the call that asked for the refund: init, done, failed, or unknown."""
    asked = _update_id(order.invoice_id, order.invoice_version)
    return invoice.operations.get(asked, "unknown")


def _update_id(invoice_id: str, version: int) -> str:
    return f"{invoice_id}-u{version}"


def _facts(to: Payment, invoice: Invoice) -> dict[str, Any]:
    """What the order takes over from the invoice, besides the status."""
    failed = invoice.error_code or "technical_error"
    given_back = {"refunded": invoice.refunded, "refunding": 0, "failure_code": ""}
    found: dict[Payment, dict[str, Any]] = {
        Payment.HOLDING: {"redirect_url": invoice.redirect_url},
        Payment.HELD: {"held": invoice.held, "redirect_url": ""},
        Payment.HOLD_FAILED: {"failure_code": failed, "redirect_url": ""},
        Payment.CANCELLED: {"held": 0, "redirect_url": ""},
        Payment.CLEARED: {"cleared": invoice.cleared},
        Payment.REFUND_FAILED: {"failure_code": failed},
        Payment.PARTIALLY_REFUNDED: given_back,
        Payment.REFUNDED: given_back,
    }
    return found[to]
