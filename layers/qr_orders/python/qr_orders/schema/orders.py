"""The views and commands of an open order: get, update-partner-status, start-payment."""

from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from qr_orders.model import Order, Partner, PaymentMethod
from qr_orders.model.expiry import Source
from qr_orders.model.invoice import Change
from qr_orders.schema.wire import Amount, Id, Method, Person, Statuses, Text, UserId, WireItem
from qr_orders.use_cases.orders import Details, Said
from qr_orders.use_cases.payments import StartPayment as StartPaymentWish
from shared.clock import to_iso
from shared.money import Money
from shared.wire import Wire

_SAME = (
    *("order_id", "partner_id", "group_id", "external_order_id", "short_code", "pos_system"),
    *("version", "attempt", "invoice_version"),
)
_OPTIONAL = ("user_id", "failure_code", "redirect_url")
_AMOUNTS = ("held", "cleared", "refunded", "cashback")
_MOMENTS = ("created_at", "updated_at", "expires_at")


class Get(Wire):
    """By order id or by short code: exactly one."""

    order_id: Id | None = None
    short_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{4,12}$")] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.order_id is None) == (self.short_code is None):
            raise ValueError("order_id or short_code")
        return self


class ChangeView(Wire):
    invoice_id: str
    version: int
    at: str
    author: str
    reason: str
    total: str

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls(
            invoice_id=change.invoice_id,
            version=change.version,
            at=to_iso(change.at),
            author=change.author,
            reason=change.reason,
            total=str(change.total),
        )


class ReceiptView(Wire):
    document_id: str
    type: str
    sum: str
    state: str
    key: str | None = None


class OrderView(Wire):
    """The full internal view (QO-02). Optional fields are absent when they are not set."""

    order_id: str
    partner_id: str
    group_id: str
    external_order_id: str
    short_code: str
    pos_system: str
    table: str | None
    version: int
    status: Statuses
    total: str
    discount: str | None
    currency: str
    held: str
    cleared: str
    refunded: str
    cashback: str
    user_id: str | None
    payment_method: Method | None
    invoice_id: str | None
    attempt: int
    invoice_version: int
    failure_code: str | None
    redirect_url: str | None
    created_at: str
    updated_at: str
    expires_at: str
    expired: bool
    items: list[WireItem]
    waiter: Person | None
    partner: dict[str, Any]
    changelog: list[ChangeView]
    receipts: list[ReceiptView]

    @classmethod
    def of(cls, details: Details, expired: bool) -> Self:
        order, basket, currency = details.order, details.basket, details.order.total.currency
        same: dict[str, Any] = {name: getattr(order, name) for name in _SAME}
        same |= {name: getattr(order, name) or None for name in _OPTIONAL}
        same |= {name: str(Money(getattr(order, name), currency)) for name in _AMOUNTS}
        same |= {name: to_iso(getattr(order, name)) for name in _MOMENTS}
        return cls(
            **same,
            table=basket.table or None,
            status=Statuses.of(order),
            total=str(order.total),
            discount=basket.discount or None,
            currency=currency,
            payment_method=_method(order.method),
            invoice_id=order.invoice_id if order.attempt else None,
            expired=expired,
            items=[WireItem.of(item) for item in basket.items],
            waiter=Person(**basket.waiter) if basket.waiter else None,
            partner=dict(basket.partner),
            changelog=[ChangeView.of(change) for change in details.changes],
            receipts=_receipts(details),
        )


class UpdatePartnerStatus(Wire):
    order_id: Id
    partner_ids: Annotated[list[Id], Field(min_length=1, max_length=1000)]
    status: Literal["closed", "cancelled", "confirmed", "expired"]
    reason: Text = ""
    source: Literal["pos", "activity_check", "expiry", "admin"]
    last_polled_at: Annotated[AwareDatetime | None, Field(strict=False)] = None

    def to_said(self) -> Said:
        return Said(Partner(self.status), Source(self.source), self.reason, self.last_polled_at)


class PartnerStatusUpdated(Wire):
    order_id: str
    status: Statuses


class StartPayment(Wire):
    order_id: Id
    user_id: UserId
    payment_method: Method
    version: int
    expected_total: Amount
    idempotency_key: Annotated[str, Field(min_length=1, max_length=255)]
    ip: Annotated[str, Field(max_length=64)] = ""
    locale: Annotated[str, Field(max_length=16)] = ""

    def to_wish(self) -> StartPaymentWish:
        return StartPaymentWish(
            order_id=self.order_id,
            user_id=self.user_id,
            method=PaymentMethod(self.payment_method.type, self.payment_method.id),
            version=self.version,
            expected_total=self.expected_total,
            key=self.idempotency_key,
            ip=self.ip,
            locale=self.locale,
        )


class PaymentStarted(Wire):
    order_id: str
    invoice_id: str
    payment_status: str

    @classmethod
    def of(cls, order: Order) -> Self:
        return cls(
            order_id=order.order_id,
            invoice_id=order.invoice_id,
            payment_status=order.payment.value,
        )


def _method(method: PaymentMethod | None) -> Method | None:
    return None if method is None else Method(type=method.kind, id=method.method_id)


def _receipts(details: Details) -> list[ReceiptView]:
    return [
        ReceiptView(
            document_id=receipt.document_id,
            type=receipt.kind,
            sum=str(receipt.total),
            state=receipt.state,
            key=receipt.key or None,
        )
        for receipt in details.receipts
    ]
