"""An order as its guest sees it: who may open it, how it stands, what it brings back. No IO."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from shared.errors import Conflict, Gone, NotFound, Refused
from shared.ids import SHORT_CODE_LENGTH
from shared.money import EXPONENTS, Money
from shared.receipt_links import Document


class PaymentStatus(StrEnum):
    NEW = "new"
    INIT = "init"
    HOLDING = "holding"
    HELD = "held"
    CLEARING = "clearing"
    CLEARED = "cleared"
    HOLD_FAILED = "hold_failed"
    CLEAR_FAILED = "clear_failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUND_FAILED = "refund_failed"
    EXPIRED = "expired"


class PartnerStatus(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class ClientStatus(StrEnum):
    WAITING = "waiting"
    PROCESSING = "processing"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"
    EXPIRED = "expired"


# SPEC A.2.3. A refund under way is partial until the whole sum is back: `refunded` says how much.
CLIENT_STATUS: Final = {
    PaymentStatus.NEW: ClientStatus.WAITING,
    PaymentStatus.INIT: ClientStatus.PROCESSING,
    PaymentStatus.HOLDING: ClientStatus.PROCESSING,
    PaymentStatus.HELD: ClientStatus.SUCCESS,
    PaymentStatus.CLEARING: ClientStatus.SUCCESS,
    PaymentStatus.CLEARED: ClientStatus.SUCCESS,
    PaymentStatus.HOLD_FAILED: ClientStatus.FAILED,
    PaymentStatus.CLEAR_FAILED: ClientStatus.SUCCESS,
    PaymentStatus.CANCELLING: ClientStatus.CANCELLED,
    PaymentStatus.CANCELLED: ClientStatus.CANCELLED,
    PaymentStatus.REFUNDING: ClientStatus.PARTIALLY_REFUNDED,
    PaymentStatus.REFUNDED: ClientStatus.REFUNDED,
    PaymentStatus.PARTIALLY_REFUNDED: ClientStatus.PARTIALLY_REFUNDED,
    PaymentStatus.REFUND_FAILED: ClientStatus.PARTIALLY_REFUNDED,
    PaymentStatus.EXPIRED: ClientStatus.EXPIRED,
}
PAYABLE: Final = frozenset({PaymentStatus.NEW, PaymentStatus.HOLD_FAILED})
IN_PAYMENT: Final = frozenset({PaymentStatus.INIT, PaymentStatus.HOLDING, PaymentStatus.HELD})
VOID: Final = frozenset({PaymentStatus.CANCELLING, PaymentStatus.CANCELLED})
POLLED: Final = frozenset({ClientStatus.WAITING, ClientStatus.PROCESSING})

_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_TABLE: Final = re.compile(r"/t/[^/]+/[^/]+$")
# What people put between the characters of a code that they read aloud or type.
_BETWEEN: Final = re.compile(r"[\s\u2010-\u2015-]")


def client_status(payment: PaymentStatus, partner: PartnerStatus, overdue: bool) -> ClientStatus:
    """What the guest is told. Expiry binds by the clock before anybody has recorded it (R15)."""
    if payment in PAYABLE and (overdue or partner is PartnerStatus.EXPIRED):
        return ClientStatus.EXPIRED
    return CLIENT_STATUS[payment]


@dataclass(frozen=True, slots=True)
class Reference:
    """What names an order to qr_orders."""

    field: Literal["order_id", "short_code"]
    value: str

    @classmethod
    def parse(cls, text: str, qr_host: str) -> Self:
        """Reads an order id, a short code or the URL in a QR code of `qr_host` (QA-05).

        Anything else is order_not_found, as an unknown order is. The code of a table,
        "/t/<partner>/<table>", is ours and names no order: Refused table_code_unsupported (QA-11).
        """
        if "://" in text:
            return cls.by_id(_last_segment(text, qr_host))
        code = _BETWEEN.sub("", text).upper()
        if len(code) == SHORT_CODE_LENGTH and code.isalnum() and code.isascii():
            return cls("short_code", code)
        return cls.by_id(text.strip())

    @classmethod
    def by_id(cls, order_id: str) -> Self:
        """Raises order_not_found on what cannot be an id."""
        if _ID.fullmatch(order_id) is None:
            raise NotFound("order_not_found")
        return cls("order_id", order_id)


def _last_segment(url: str, qr_host: str) -> str:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise NotFound("order_not_found") from None
    if parts.scheme not in {"http", "https"} or parts.netloc.lower() != qr_host:
        raise NotFound("order_not_found")
    path = parts.path.rstrip("/")
    if _TABLE.search(path):
        raise Refused("table_code_unsupported")
    return path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that is ready to be fetched."""

    document: Document
    type: Literal["payment", "refund"]
    sum: Money


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    name: str
    quantity: str
    unit: str | None
    price: Money
    discount: Money
    total: Money
    vat: str


@dataclass(frozen=True, slots=True)
class Partner:
    """The restaurant as it was when the till opened the order."""

    partner_id: str
    name: str
    address: str
    cashback_rate: Decimal
    cashback_max: Money | None

    def cashback(self, total: Money) -> Money:
        """What paying `total` brings back: capped, then floored to whole units (decision 4)."""
        minor = int(total.minor * self.cashback_rate)
        if self.cashback_max is not None:
            minor = min(minor, self.cashback_max.minor)
        return Money(minor - minor % 10 ** EXPONENTS[total.currency], total.currency)


@dataclass(frozen=True, slots=True)
class Order:
    order_id: str
    version: int
    payment: PaymentStatus
    partner_status: PartnerStatus
    total: Money
    refunded: Money
    created_at: str
    expires_at: str
    overdue: bool
    items: tuple[Item, ...]
    partner: Partner
    receipts: tuple[Receipt, ...]
    table: str | None
    user_id: str | None
    failure_code: str | None
    redirect_url: str | None

    @property
    def status(self) -> ClientStatus:
        return client_status(self.payment, self.partner_status, self.overdue)

    def require_open_to(self, user_id: str) -> None:
        """Lets pass who may see the bill: anyone while it is unpaid, then its payer (QA-05, 09)."""
        if self.status is ClientStatus.EXPIRED:
            raise Gone("order_expired")
        if self._closed_unpaid():
            raise Conflict("order_closed")
        if self.payment in PAYABLE or self.user_id == user_id:
            return
        raise Conflict("already_paying" if self.payment in IN_PAYMENT else "order_already_paid")

    def is_with(self, user_id: str) -> bool:
        """Whether this guest has a payment of it that runs or has ended other than by failing."""
        return self.user_id == user_id and self.payment not in PAYABLE

    def _closed_unpaid(self) -> bool:
        at_till = self.partner_status in {PartnerStatus.OPEN, PartnerStatus.CONFIRMED}
        return self.payment in VOID or (self.payment in PAYABLE and not at_till)


@dataclass(frozen=True, slots=True)
class MethodKey:
    type: str
    id: str


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    key: MethodKey
    name: str
    short_title: str
    system: str | None
    number_masked: str | None
    available: bool
    disabled_reason: str | None
    supports_hold: bool

    @property
    def payable(self) -> bool:
        """Our payments hold first and clear when the till closes, so it must hold (QO-40)."""
        return self.available and self.supports_hold


@dataclass(frozen=True, slots=True)
class PaymentMethods:
    """What a guest may pay an order with, by the payment methods service."""

    all: tuple[PaymentMethod, ...]
    last_used: MethodKey | None

    def require(self, key: MethodKey) -> None:
        """Raises payment_method_unavailable unless `key` can pay now (QA-06)."""
        if not any(method.key == key and method.payable for method in self.all):
            raise Refused("payment_method_unavailable")


@dataclass(frozen=True, slots=True)
class Payment:
    """One guest's wish to pay the basket that they saw: `version` and `total` bind it (QO-33)."""

    order_id: str
    user_id: str
    method: MethodKey
    version: int
    total: str
    idempotency_key: str
    ip: str
    locale: str
