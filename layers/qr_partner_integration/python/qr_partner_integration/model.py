"""What a till sees of an order: the external vocabulary and its map (A.2.3, decision 7, QI-07).

Statuses inside are text here on purpose: no service imports another's enums, and the map is the
contract between the two. No IO and no third-party import: the polled path loads this module.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class External(StrEnum):
    NEW = "NEW"
    PAYMENT_IN_PROGRESS = "PAYMENT_IN_PROGRESS"
    PAID = "PAID"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"
    REFUNDED = "REFUNDED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    EXPIRED = "EXPIRED"
    NOT_FOUND = "NOT_FOUND"


# While money goes back the till sees PARTIALLY_REFUNDED: the step to REFUNDED takes nothing back,
# the other way round would.
BY_PAYMENT: Final = {
    "new": External.NEW,
    "init": External.PAYMENT_IN_PROGRESS,
    "holding": External.PAYMENT_IN_PROGRESS,
    "held": External.PAID,
    "clearing": External.PAID,
    "cleared": External.PAID,
    "hold_failed": External.NEW,
    "clear_failed": External.PAID,
    "cancelling": External.CANCELLED,
    "cancelled": External.CANCELLED,
    "refunding": External.PARTIALLY_REFUNDED,
    "refunded": External.REFUNDED,
    "partially_refunded": External.PARTIALLY_REFUNDED,
    "refund_failed": External.PARTIALLY_REFUNDED,
    "expired": External.EXPIRED,
}
# Where the partner status says more than the payment's.
BY_PARTNER: Final[Mapping[str, Mapping[str, External]]] = {
    "open": {},
    "confirmed": {},
    "closed": dict.fromkeys(("held", "clearing", "cleared", "clear_failed"), External.CLOSED),
    "cancelled": dict.fromkeys(
        ("new", "hold_failed", "init", "holding", "held"), External.CANCELLED
    ),
    "expired": {
        **dict.fromkeys(("new", "hold_failed", "init", "holding"), External.EXPIRED),
        "held": External.CANCELLED,
    },
}
_FINAL: Final = frozenset(
    {External.CLOSED, External.CANCELLED, External.REFUNDED, External.EXPIRED, External.NOT_FOUND}
)
WITH_PAID_TOTAL: Final = frozenset({External.PAID, External.CLOSED})

PARTNER_STATUSES: Final = {
    "CLOSED": "closed",
    "CANCELLED": "cancelled",
    "CONFIRMED": "confirmed",
}


@dataclass(frozen=True, slots=True)
class Status:
    """An order's two statuses as qr_orders keeps them."""

    payment: str
    partner: str

    @property
    def known(self) -> bool:
        return self.payment in BY_PAYMENT and self.partner in BY_PARTNER

    @property
    def external(self) -> External:
        """A status that this version does not know is pending: never final out of ignorance."""
        own = BY_PARTNER.get(self.partner, {}).get(self.payment)
        return own or BY_PAYMENT.get(self.payment, External.PAYMENT_IN_PROGRESS)

    def external_at(self, now: datetime, expires_at: datetime) -> External:
        """As external; an unpaid order is over at `expires_at`, before its own timer fires."""
        found = self.external
        return External.EXPIRED if found is External.NEW and now >= expires_at else found


def next_poll_after_ms(statuses: Iterable[External]) -> int:
    """When a till that saw these should ask again (AR-07)."""
    seen = set(statuses)
    if External.PAYMENT_IN_PROGRESS in seen:
        return 1000
    return 10_000 if seen <= _FINAL else 3000


@dataclass(frozen=True, slots=True)
class Order:
    """An order as get-statuses tells it; `total` is an amount string."""

    order_id: str
    external_order_id: str
    status: Status
    total: str
    version: int
    updated_at: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SilentOrder:
    """An order as get-inactive tells it; `last_polled_at` as text, for it is only told back."""

    order_id: str
    partner_id: str
    last_polled_at: str


@dataclass(frozen=True, slots=True)
class OpenedOrder:
    """The answer to create. `qr_url` is what the QR code holds."""

    order_id: str
    status: Status
    version: int
    expires_at: datetime
    qr_url: str
    short_code: str


@dataclass(frozen=True, slots=True)
class Restaurant:
    """A restaurant that a key covers. `snapshot` is the partner block of create (decision 3)."""

    partner_id: str
    group_id: str
    external_id: str
    enabled: bool
    currency: str
    pos_system: str
    snapshot: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bill:
    """What the till sent, checked and cleaned; `lines` go on to create as they are."""

    restaurant_id: str | None
    external_order_id: str
    external_version: int
    currency: str | None
    total: str
    lines: Mapping[str, Any]
    idempotency_key: str = ""
