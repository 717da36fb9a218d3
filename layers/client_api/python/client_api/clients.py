"""What client_api composes: qr_orders, qr_partners, the payment methods service, the bucket."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from client_api.model import (
    Item,
    MethodKey,
    Order,
    Partner,
    PartnerStatus,
    Payment,
    PaymentMethod,
    PaymentMethods,
    PaymentStatus,
    Receipt,
    Reference,
    client_status,
)
from client_api.model.history import HistoryPage, PastOrder
from client_api.model.restaurants import Card, Page, Position, Restaurant
from shared import aws
from shared.errors import AppError, NotFound, Unavailable
from shared.internal import Internal
from shared.money import Money
from shared.receipt_links import Document
from shared.upstream import Upstream, UpstreamRefused
from shared.wire import Wire

# Details of another service's refusal that a guest may read.
_OPEN_DETAILS: Final[tuple[str, ...]] = ("version", "total", "retry_after_sec")


@dataclass(frozen=True, slots=True)
class QrOrders:
    """Port Orders over the internal endpoints of qr_orders."""

    internal: Internal

    def get(self, reference: Reference) -> Order:
        query: dict[str, str] = {reference.field: reference.value}
        with _open_details_only():
            found = self.internal.call("qr_orders", "get", "GET", "/qr-orders/v1/get", query=query)
        return _order(found)

    def history(self, user_id: str, limit: int, older_than: str | None) -> HistoryPage:
        body = {"user_id": user_id, "limit": limit, "older_than": older_than}
        with _open_details_only():
            found = self.internal.call(
                "qr_orders", "get_by_user", "POST", "/qr-orders/v1/get-by-user", body=body
            )
        return HistoryPage(
            tuple(_past_order(each) for each in found["orders"]), found.get("cursor")
        )

    def start_payment(self, payment: Payment) -> PaymentStatus:
        body = {
            "order_id": payment.order_id,
            "user_id": payment.user_id,
            "payment_method": {"type": payment.method.type, "id": payment.method.id},
            "version": payment.version,
            "expected_total": payment.total,
            "idempotency_key": payment.idempotency_key,
            "ip": payment.ip,
            "locale": payment.locale,
        }
        with _open_details_only():
            started = self.internal.call(
                "qr_orders", "start_payment", "POST", "/qr-orders/v1/start-payment", body=body
            )
        return PaymentStatus(started["payment_status"])


@dataclass(frozen=True, slots=True)
class QrPartners:
    """Port Restaurants over the internal endpoints of qr_partners."""

    internal: Internal

    def near(self, position: Position, radius_m: int, limit: int) -> list[Card]:
        path, at = "/qr-partners/v1/get-near", {"lat": position.lat, "lon": position.lon}
        body = {**at, "radius_m": radius_m, "limit": limit}
        with _open_details_only():
            found = self.internal.call("qr_partners", "get_near", "POST", path, body=body)
        return [
            Card(_restaurant(each), each["distance_m"], each["open"]) for each in found["partners"]
        ]

    def page(self, partner_id: str) -> Page:
        query = {"partner_id": partner_id, "fields": "public"}
        with _open_details_only():
            found = self.internal.call(
                "qr_partners", "get", "GET", "/qr-partners/v1/get", query=query
            )
        if not found["enabled"]:
            raise NotFound("partner_not_found")
        return Page(_restaurant(found), found["timezone"], found.get("schedule"))


def _restaurant(found: Mapping[str, Any]) -> Restaurant:
    return Restaurant(
        partner_id=found["partner_id"],
        name=found["name"],
        address=found["address"],
        lat=found["lat"],
        lon=found["lon"],
        currency=found["currency"],
        cashback_rate=Decimal(found["cashback"]["rate"]),
        cashback_max=found["cashback"]["max"],
        logo_key=found.get("logo_key"),
    )


@contextmanager
def _open_details_only() -> Iterator[None]:
    """A refusal goes on with its code, without what it says of other guests or of our parts."""
    try:
        yield
    except AppError as problem:
        known = {name: problem.details[name] for name in _OPEN_DETAILS if name in problem.details}
        problem.details = known
        raise


def _order(found: Mapping[str, Any]) -> Order:
    currency = found["currency"]
    return Order(
        order_id=found["order_id"],
        version=found["version"],
        payment=PaymentStatus(found["status"]["payment"]),
        partner_status=PartnerStatus(found["status"]["partner"]),
        total=Money.parse(found["total"], currency),
        refunded=Money.parse(found["refunded"], currency),
        created_at=found["created_at"],
        expires_at=found["expires_at"],
        overdue=found["expired"],
        items=tuple(_item(item, currency) for item in found["items"]),
        partner=_partner(found["partner_id"], found["partner"], currency),
        receipts=_receipts(found),
        table=found.get("table"),
        user_id=found.get("user_id"),
        failure_code=found.get("failure_code"),
        redirect_url=found.get("redirect_url"),
    )


def _past_order(found: Mapping[str, Any]) -> PastOrder:
    status, partner, currency = found["status"], found["partner"], found["currency"]
    return PastOrder(
        order_id=found["order_id"],
        status=client_status(
            PaymentStatus(status["payment"]), PartnerStatus(status["partner"]), found["expired"]
        ),
        total=Money.parse(found["total"], currency),
        refunded=Money.parse(found["refunded"], currency),
        created_at=found["created_at"],
        partner_id=found["partner_id"],
        partner_name=partner["name"],
        partner_address=partner["address"],
        receipts=_receipts(found),
    )


def _item(found: Mapping[str, Any], currency: str) -> Item:
    return Item(
        id=found["id"],
        name=found["name"],
        quantity=found["quantity"],
        unit=found.get("unit"),
        price=Money.parse(found["price"], currency),
        discount=Money.parse(found.get("discount") or "0", currency),
        total=Money.parse(found["total"], currency),
        vat=found["vat"],
    )


def _partner(partner_id: str, found: Mapping[str, Any], currency: str) -> Partner:
    cashback = found.get("cashback") or {}
    cap = cashback.get("max")
    return Partner(
        partner_id=partner_id,
        name=found["name"],
        address=found["address"],
        cashback_rate=Decimal(cashback.get("rate") or "0"),
        cashback_max=Money.parse(cap, currency) if cap else None,
    )


def _receipts(found: Mapping[str, Any]) -> tuple[Receipt, ...]:
    """Those of an order that can be fetched."""
    return tuple(
        Receipt(
            Document.parse(f"{found['order_id']}/{receipt['document_id']}"),
            receipt["type"],
            Money.parse(receipt["sum"], found["currency"]),
        )
        for receipt in found["receipts"]
        if receipt["state"] == "stored"
    )


class _Key(Wire):
    type: str
    id: str


class _Availability(Wire):
    available: bool
    disabled_reason: str | None = None


class _Supports(Wire):
    hold: bool


class _Method(Wire):
    type: str
    id: str
    name: str
    short_title: str
    system: str | None = None
    number_masked: str | None = None
    availability: _Availability
    supports: _Supports


class _Answer(Wire):
    last_used: _Key | None = None
    payment_methods: list[_Method]


@dataclass(frozen=True)
class EatsPaymentMethods:
    """Port MethodsAvailability over SPEC B.3."""

    upstream: Upstream

    def of(self, user_id: str, order: Order) -> PaymentMethods:
        asked = {
            "user_id": user_id,
            "amount": str(order.total),
            "currency": order.total.currency,
            "service": "qr_payments",
            "order": {"partner_id": order.partner.partner_id},
        }
        try:
            found = self.upstream.call(
                "POST", "/v1/payment-methods-availability", asked, operation="availability"
            )
            answer = _Answer.model_validate(found)
        except (Unavailable, UpstreamRefused, ValidationError) as problem:
            raise Unavailable("payment_methods_unavailable") from problem
        last = answer.last_used
        return PaymentMethods(
            all=tuple(_method(method) for method in answer.payment_methods),
            last_used=MethodKey(last.type, last.id) if last else None,
        )


def _method(found: _Method) -> PaymentMethod:
    return PaymentMethod(
        key=MethodKey(found.type, found.id),
        name=found.name,
        short_title=found.short_title,
        system=found.system,
        number_masked=found.number_masked,
        available=found.availability.available,
        disabled_reason=found.availability.disabled_reason,
        supports_hold=found.supports.hold,
    )


@dataclass(frozen=True, slots=True)
class ReceiptBucket:
    """Port ReceiptFiles over S3: signed by the function's role, so alive for minutes only."""

    bucket: str
    ttl_s: int

    def url(self, document: Document) -> str:
        asked = {
            "Bucket": self.bucket,
            "Key": document.key,
            "ResponseContentType": "application/pdf",
            "ResponseContentDisposition": f'attachment; filename="{document.file_name}"',
        }
        url: str = aws.client("s3").generate_presigned_url(
            "get_object", Params=asked, ExpiresIn=self.ttl_s
        )
        return url
