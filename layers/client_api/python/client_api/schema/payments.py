"""From the bill to its payment: preorder, orders, orders/retrieve."""

from typing import Annotated, Self

from pydantic import Field

from client_api import texts
from client_api.model import (
    POLLED,
    ClientStatus,
    MethodKey,
    Order,
    Payment,
    PaymentMethod,
    PaymentMethods,
)
from client_api.schema.wire import Id, ItemView, PartnerView
from shared.errors import InvalidRequest
from shared.wire import Answer, Wire

RETRY_AFTER_MS = 700

Amount = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$")]


class PreorderRequest(Wire):
    order: Annotated[str, Field(min_length=1, max_length=512)]


class MethodInput(Wire):
    type: Annotated[str, Field(min_length=1, max_length=32)]
    id: Annotated[str, Field(min_length=1, max_length=128)]


class PayRequest(Wire):
    order_id: Id
    version: Annotated[int, Field(ge=1)]
    total: Amount
    payment_method: MethodInput

    def to_payment(
        self, user_id: str, idempotency_key: str, ip: str, accept_language: str
    ) -> Payment:
        """Raises idempotency_key_required."""
        if not idempotency_key:
            raise InvalidRequest("idempotency_key_required")
        return Payment(
            order_id=self.order_id,
            user_id=user_id,
            method=MethodKey(self.payment_method.type, self.payment_method.id),
            version=self.version,
            total=self.total,
            idempotency_key=idempotency_key,
            ip=ip,
            locale=texts.locale_of(accept_language),
        )


class BillView(Answer):
    """An order before it is paid. `cashback` is what paying it brings back."""

    id: str
    partner: PartnerView
    table: str | None
    items: list[ItemView]
    total: str
    currency: str
    version: int
    status: ClientStatus
    expires_at: str
    cashback: str

    @classmethod
    def of(cls, order: Order) -> Self:
        return cls(
            id=order.order_id,
            partner=PartnerView.of(order.partner),
            table=order.table,
            items=[ItemView.of(item) for item in order.items],
            total=str(order.total),
            currency=order.total.currency,
            version=order.version,
            status=order.status,
            expires_at=order.expires_at,
            cashback=str(order.partner.cashback(order.total)),
        )


class AvailabilityView(Answer):
    available: bool
    disabled_reason: str | None


class MethodKeyView(Answer):
    type: str
    id: str

    @classmethod
    def of(cls, key: MethodKey) -> Self:
        return cls(type=key.type, id=key.id)


class MethodView(Answer):
    type: str
    id: str
    name: str
    short_title: str
    system: str | None
    number_masked: str | None
    availability: AvailabilityView

    @classmethod
    def of(cls, method: PaymentMethod) -> Self:
        reason = method.disabled_reason if not method.available else "hold_not_supported"
        return cls(
            type=method.key.type,
            id=method.key.id,
            name=method.name,
            short_title=method.short_title,
            system=method.system,
            number_masked=method.number_masked,
            availability=AvailabilityView(
                available=method.payable, disabled_reason=None if method.payable else reason
            ),
        )


class PreorderView(Answer):
    order: BillView
    payment_methods: list[MethodView]
    last_used: MethodKeyView | None

    @classmethod
    def of(cls, order: Order, methods: PaymentMethods) -> Self:
        return cls(
            order=BillView.of(order),
            payment_methods=[MethodView.of(method) for method in methods.all],
            last_used=MethodKeyView.of(methods.last_used) if methods.last_used else None,
        )


class FailureView(Answer):
    code: str
    text: str


class ProgressView(Answer):
    """How a payment stands. `retry_after_ms` is there while it makes sense to ask again."""

    order_id: str
    status: ClientStatus
    failure: FailureView | None = None
    redirect_url: str | None = None
    retry_after_ms: int | None

    @classmethod
    def started(cls, order_id: str, status: ClientStatus) -> Self:
        return cls(order_id=order_id, status=status, retry_after_ms=_retry_after_ms(status))

    @classmethod
    def of(cls, order: Order, accept_language: str) -> Self:
        failure = redirect_url = None
        if order.status is ClientStatus.FAILED:
            code = order.failure_code or texts.UNKNOWN_FAILURE
            failure = FailureView(code=code, text=texts.failure_text(code, accept_language))
        if order.status is ClientStatus.PROCESSING:
            redirect_url = order.redirect_url
        return cls(
            order_id=order.order_id,
            status=order.status,
            failure=failure,
            redirect_url=redirect_url,
            retry_after_ms=_retry_after_ms(order.status),
        )


def _retry_after_ms(status: ClientStatus) -> int | None:
    return RETRY_AFTER_MS if status in POLLED else None
