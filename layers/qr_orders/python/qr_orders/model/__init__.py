"""Orders, their two status axes and the moves between them (SPEC A.2.3). No IO."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Self

from shared.errors import Conflict
from shared.money import Money
from shared.receipt_links import Document


class Payment(StrEnum):
    """payment_status: where the guest's money is."""

    NEW = "new"
    INIT = "init"
    HOLDING = "holding"
    HELD = "held"
    HOLD_FAILED = "hold_failed"
    CLEARING = "clearing"
    CLEARED = "cleared"
    CLEAR_FAILED = "clear_failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUND_FAILED = "refund_failed"
    EXPIRED = "expired"


class Partner(StrEnum):
    """partner_status: what the restaurant says of the order."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


# Each status and what may follow it; a status that leads nowhere is final (R7).
PAYMENT_MOVES: Final[Mapping[Payment, frozenset[Payment]]] = {
    Payment.NEW: frozenset({Payment.INIT, Payment.CANCELLED, Payment.EXPIRED}),
    Payment.INIT: frozenset(
        {Payment.HOLDING, Payment.HELD, Payment.HOLD_FAILED, Payment.CANCELLING}
    ),
    Payment.HOLDING: frozenset({Payment.HELD, Payment.HOLD_FAILED, Payment.CANCELLING}),
    Payment.HOLD_FAILED: frozenset({Payment.INIT, Payment.CANCELLED, Payment.EXPIRED}),
    Payment.HELD: frozenset({Payment.CLEARING, Payment.CANCELLING}),
    Payment.CLEARING: frozenset({Payment.CLEARED, Payment.CLEAR_FAILED}),
    Payment.CLEAR_FAILED: frozenset({Payment.CLEARING}),
    Payment.CLEARED: frozenset({Payment.REFUNDING}),
    Payment.CANCELLING: frozenset({Payment.CANCELLED}),
    Payment.REFUNDING: frozenset(
        {Payment.REFUNDED, Payment.PARTIALLY_REFUNDED, Payment.REFUND_FAILED}
    ),
    Payment.PARTIALLY_REFUNDED: frozenset({Payment.REFUNDING}),
    Payment.REFUND_FAILED: frozenset({Payment.REFUNDING}),
    Payment.CANCELLED: frozenset(),
    Payment.REFUNDED: frozenset(),
    Payment.EXPIRED: frozenset(),
}
PARTNER_MOVES: Final[Mapping[Partner, frozenset[Partner]]] = {
    Partner.OPEN: frozenset(
        {Partner.CONFIRMED, Partner.CLOSED, Partner.CANCELLED, Partner.EXPIRED}
    ),
    Partner.CONFIRMED: frozenset({Partner.CLOSED, Partner.CANCELLED, Partner.EXPIRED}),
    Partner.CLOSED: frozenset(),
    Partner.CANCELLED: frozenset(),
    Partner.EXPIRED: frozenset(),
}
PAYABLE: Final = frozenset({Payment.NEW, Payment.HOLD_FAILED})
IN_FLIGHT: Final = frozenset({Payment.INIT, Payment.HOLDING})
STILL_OPEN: Final = frozenset({Partner.OPEN, Partner.CONFIRMED})
# In these an invoice of the order must hold nothing: a hold that comes late is voided (QO-35).
UNWANTED: Final = frozenset(
    {
        *PAYABLE,
        *(Payment.CANCELLING, Payment.CANCELLED, Payment.EXPIRED),
    }
)


# One partition of an index takes 1000 new keys a second, and its table no more than it does.
DAY_SHARDS: Final = 4


def day_shard(moment: datetime, shard: int) -> str:
    """A shard of the UTC day of `moment`: "2026-01-02#3"."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}#{shard}"


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the bill: total = round_half_up(price × quantity) − discount (decision 4)."""

    item_id: str
    name: str
    quantity: Decimal
    unit: str
    price: Money
    discount: Money
    total: Money
    vat: str


@dataclass(frozen=True, slots=True)
class Basket:
    """What is paid for, with the partner as it was when the order was opened (decision 3)."""

    items: tuple[Item, ...]
    partner: Mapping[str, Any]
    table: str = ""
    waiter: Mapping[str, str] | None = None
    discount: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A valid request to open an order; `digest` identifies its content (AR-16).

    `request_key` is the till's Idempotency-Key, or empty; `expires_in_s` what it said of the time
    to live, `ttl_s` what holds of a new order. `activity_timeout_s` None is the usual, 0 never.
    """

    partner_id: str
    group_id: str
    external_order_id: str
    version: int
    total: Money
    basket: Basket
    digest: str
    pos_system: str
    ttl_s: int
    expires_in_s: int | None = None
    activity_timeout_s: int | None = None
    request_key: str = ""


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    kind: str
    method_id: str


@dataclass(frozen=True, slots=True)
class Order:
    """The state of an order. `version` is the basket's revision, `rev` the row's (decision 1).

    `activity_timeout_s`: how long its till may be silent; 0 is for ever.
    `payer_ip` and `locale` are the guest's, as he started to pay.
    `refunding` is reserved by the refund under way: it goes back, or is on its way back.
    """

    order_id: str
    partner_id: str
    group_id: str
    external_order_id: str
    short_code: str
    pos_system: str
    version: int
    digest: str
    total: Money
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    payment: Payment = Payment.NEW
    partner: Partner = Partner.OPEN
    rev: int = 1
    attempt: int = 0
    user_id: str = ""
    method: PaymentMethod | None = None
    payment_key: str = ""
    payer_ip: str = ""
    locale: str = ""
    invoice_version: int = 0
    held: int = 0
    cleared: int = 0
    refunded: int = 0
    refunding: int = 0
    cashback: int = 0
    failure_code: str = ""
    redirect_url: str = ""
    activity_timeout_s: int = 0
    last_polled_at: datetime | None = None

    @property
    def created_shard(self) -> str:
        """Its part of the index by_day: the day of its creation and one of the day's shards."""
        shard = zlib.crc32(self.order_id.encode()) % DAY_SHARDS
        return day_shard(self.created_at, shard)

    @property
    def invoice_id(self) -> str:
        """Of the current attempt; a new attempt never touches an old invoice (X1)."""
        return f"{self.order_id}-{self.attempt}"

    def wants(self, invoice_id: str) -> bool:
        """Whether money held by this invoice is this order's payment, and not to be given back."""
        return invoice_id == self.invoice_id and self.payment not in UNWANTED

    def is_expired(self, now: datetime) -> bool:
        """Expiry binds by the clock; the task that records it may come later (R15, X3)."""
        return self.payment is Payment.EXPIRED or (
            self.payment in PAYABLE and self.expires_at <= now
        )

    @property
    def seen_at(self) -> datetime:
        """The last sign of life: a poll, or whatever else moved the order (QI-04)."""
        return max(self.updated_at, self.last_polled_at or self.updated_at)

    @property
    def silent_at(self) -> datetime | None:
        """When silence may expire it; None while it may not: in payment, paid for, or ended."""
        if self.payment in PAYABLE and self.partner is Partner.OPEN and self.activity_timeout_s:
            return self.seen_at + timedelta(seconds=self.activity_timeout_s)
        return None

    def is_silent(self, now: datetime) -> bool:
        return self.silent_at is not None and self.silent_at <= now

    def moved(
        self,
        now: datetime,
        payment: Payment | None = None,
        partner: Partner | None = None,
        **changes: Any,
    ) -> Self:
        """The next state. Raises invalid_transition for a move that the tables do not have."""
        to_payment, to_partner = payment or self.payment, partner or self.partner
        legal = (payment is None or to_payment in PAYMENT_MOVES[self.payment]) and (
            partner is None or to_partner in PARTNER_MOVES[self.partner]
        )
        if not legal:
            raise Conflict("invalid_transition", **self.public_state())
        return replace(
            self,
            payment=to_payment,
            partner=to_partner,
            rev=self.rev + 1,
            updated_at=now,
            **changes,
        )

    def public_state(self) -> dict[str, object]:
        """What a refused caller is told."""
        status = {"payment": self.payment.value, "partner": self.partner.value}
        return {"status": status, "version": self.version}


@dataclass(frozen=True, slots=True)
class Receipt:
    """A row of `receipts` (RC-18): one document of Eda and its PDF."""

    order_id: str
    document_id: str
    kind: str
    total: Money
    requested_at: datetime
    state: str = "requested"
    key: str = ""
    fiscal: Mapping[str, Any] | None = None


def document_id(invoice_id: str, version: int) -> str:
    """`<invoice>/<version>`, made by us, so that a receipt can be fetched again (RC-11)."""
    return f"{invoice_id}/{version}"


def parse_document_id(text: str) -> tuple[str, int]:
    """Back to invoice id and version."""
    invoice_id, _, version = text.rpartition("/")
    return invoice_id, int(version)


def receipt_key(order_id: str, document: str) -> str:
    """Where the PDF lies."""
    return Document(order_id, *parse_document_id(document)).key
