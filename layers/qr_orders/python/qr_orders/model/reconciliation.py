"""Where an order and the transactions service's invoice of it differ (RELIABILITY R14). No IO."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from qr_orders.model import Order, Payment
from qr_orders.model.invoice import Invoice
from shared.money import Money

MISSING: Final = "none"
_NOTHING_HELD: Final = frozenset({MISSING, "init", "hold_failed", "cancelled"})
_ON_THE_WAY: Final = _NOTHING_HELD | {"holding", "held"}
# Statuses of the current invoice that an order in each status may have. A move under way may be
# ahead on either side: the watch brings them together, StuckOrders tells when it does not.
AGREES: Final[Mapping[Payment, frozenset[str]]] = {
    Payment.NEW: _NOTHING_HELD,
    Payment.INIT: _ON_THE_WAY,
    Payment.HOLDING: _ON_THE_WAY - {MISSING},
    Payment.HELD: frozenset({"held"}),
    Payment.HOLD_FAILED: _NOTHING_HELD,
    Payment.CLEARING: frozenset({"held", "clearing", "cleared"}),
    Payment.CLEARED: frozenset({"cleared"}),
    Payment.CLEAR_FAILED: _NOTHING_HELD,
    Payment.CANCELLING: _ON_THE_WAY | {"clearing"},
    Payment.CANCELLED: _NOTHING_HELD,
    Payment.REFUNDING: frozenset({"cleared", "refunding", "refunded"}),
    Payment.PARTIALLY_REFUNDED: frozenset({"cleared"}),
    Payment.REFUNDED: frozenset({"refunded"}),
    Payment.REFUND_FAILED: frozenset({"cleared"}),
    Payment.EXPIRED: _NOTHING_HELD,
}
_AT_REST: Final = frozenset(
    {Payment.HELD, Payment.CLEARED, Payment.PARTIALLY_REFUNDED, Payment.REFUNDED}
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact of which we say `ours` and the transactions service says `theirs`."""

    order_id: str
    invoice_id: str
    kind: str
    ours: str
    theirs: str


def differences(order: Order, invoice: Invoice | None) -> list[Difference]:
    """Of the order's current invoice: status, and at rest the version and the three sums."""
    status = invoice.status if invoice else MISSING
    facts = []
    if status not in AGREES[order.payment]:
        facts.append(("status", order.payment.value, status))
    if invoice is not None and order.payment in _AT_REST:
        facts.append(("version", str(order.invoice_version), str(invoice.version)))
        facts += [
            (name, _sum(order, getattr(order, name)), _sum(order, getattr(invoice, name)))
            for name in ("held", "cleared", "refunded")
        ]
    return [
        Difference(order.order_id, order.invoice_id, kind, ours, theirs)
        for kind, ours, theirs in facts
        if ours != theirs
    ]


def strays(order: Order, invoice_id: str, invoice: Invoice | None) -> list[Difference]:
    """Of an earlier attempt's invoice: it must not have the guest's money (X1)."""
    if invoice is None or invoice.status in _NOTHING_HELD:
        return []
    return [Difference(order.order_id, invoice_id, "stray", MISSING, invoice.status)]


def _sum(order: Order, minor: int) -> str:
    return str(Money(minor, order.total.currency))
