"""Outside systems of qr_orders: engine (B.1), Eda (B.2), notifications (B.5), renderer, files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from qr_orders.model import Item, Order
from qr_orders.model.cashback import Credit, PaymentEvent
from qr_orders.model.invoice import Change, Invoice, Line
from shared import aws, logs, trace
from shared.errors import Unavailable
from shared.invoices import VersionedInvoices
from shared.money import Money
from shared.upstream import Upstream, UpstreamRefused

ORIGINATOR = "qr_payments"


@dataclass(frozen=True, slots=True)
class TransactionsEngine:
    """Port Engine: an order's payment as a versioned invoice."""

    invoices: VersionedInvoices

    def create(self, order: Order) -> None:
        body = {
            "id": order.invoice_id,
            "originator": ORIGINATOR,
            "user_id": order.user_id,
            "currency": order.total.currency,
            "payment_method": _method(order),
            "description": f"QR {order.short_code}",
            "metadata": {"order_id": order.order_id, "partner_id": order.partner_id},
            **({"ip": order.payer_ip} if order.payer_ip else {}),
        }
        self.invoices.create(body)

    def update(self, change: Change) -> None:
        items = [_item(item) for item in change.items]
        operation_id = change.operation_id
        self.invoices.update(change.invoice_id, operation_id, change.version, items, change.reason)

    def clear(self, invoice_id: str) -> None:
        self.invoices.clear(invoice_id)

    def retrieve(self, invoice_id: str) -> Invoice | None:
        found = self.invoices.retrieve(invoice_id)
        return None if found is None else invoice_of(found)


def invoice_of(found: Mapping[str, Any]) -> Invoice:
    """B.1's invoice as we decide on it. Raises Unavailable on a body that is not one."""
    try:
        currency = found["currency"]
        failed = [row for row in found["transactions"] if row.get("error_code")]
        return Invoice(
            invoice_id=found["id"],
            version=int(found["version"]),
            status=found["status"],
            held=Money.parse(found["held"], currency).minor,
            cleared=Money.parse(found["cleared"], currency).minor,
            refunded=Money.parse(found["refunded"], currency).minor,
            error_code=failed[-1]["error_code"] if failed else "",
            redirect_url=(found.get("three_ds") or {}).get("redirect_url") or "",
            lines=tuple(_line(row, currency) for row in found["items"]),
            operations={row["id"]: row["status"] for row in found["operations"]},
        )
    except (ArithmeticError, KeyError, TypeError, ValueError) as problem:
        raise Unavailable("upstream_unreadable", system="transactions") from problem


def _line(row: Mapping[str, Any], currency: str) -> Line:
    amount = Money.parse(row["amount"], currency).minor
    return Line(row["id"], Decimal(row["quantity"]), amount)


def _method(order: Order) -> dict[str, str]:
    if order.method is None:
        raise ValueError("a payment without a method")
    return {"type": order.method.kind, "id": order.method.method_id}


def _item(item: Item) -> dict[str, str]:
    """`amount` is the line's total: price × quantity would bring rounding back."""
    return {
        "id": item.item_id,
        "title": item.name,
        "amount": str(item.total),
        "quantity": str(item.quantity),
        "vat": item.vat,
    }


@dataclass(frozen=True, slots=True)
class EdaDocuments:
    upstream: Upstream

    def put(self, invoice_id: str, version: int, document: Mapping[str, Any]) -> None:
        path = f"/v1/invoices/{invoice_id}/documents/{version}"
        key = f"{invoice_id}/{version}"
        self.upstream.call("PUT", path, document, key, operation="put_document")

    def receipt(self, invoice_id: str, version: int) -> Mapping[str, Any] | None:
        path = f"/v1/invoices/{invoice_id}/documents/{version}/receipt"
        status, found = self.upstream.exchange("GET", path, operation="get_receipt")
        return None if status == 202 else found

    def credit(self, invoice_id: str, version: int, credit: Credit) -> None:
        """The same ticket again is the same credit (QO-19)."""
        amount, ticket_id = credit.amount, credit.ticket_id
        body = {"amount": str(amount), "currency": amount.currency, "ticket_id": ticket_id}
        path = f"/v1/invoices/{invoice_id}/documents/{version}/cashback"
        self.upstream.call("POST", path, body, ticket_id, operation="cashback")


@dataclass(frozen=True, slots=True)
class PaymentsBus:
    """The EventBridge bus `name`: at least once, so that who listens goes by the event's id."""

    name: str

    def publish(self, event: PaymentEvent) -> None:
        entry = {
            "EventBusName": self.name,
            "Source": "qr_orders",
            "DetailType": event.kind,
            "Detail": json.dumps(event.detail),
        }
        try:
            answer = aws.client("events").put_events(Entries=[entry])
        except (BotoCoreError, ClientError) as problem:
            raise Unavailable("bus_unavailable") from problem
        # A refused entry comes with a success answer.
        if answer["FailedEntryCount"]:
            raise Unavailable("bus_unavailable", reason=answer["Entries"][0].get("ErrorCode", ""))


@dataclass(frozen=True, slots=True)
class GuestNotifier:
    upstream: Upstream

    def notify(
        self, key: str, user_id: str, intent: str, params: Mapping[str, str], locale: str
    ) -> None:
        """A final refusal is logged and left: no message is worth a stuck payment."""
        body = {
            "idempotency_key": key,
            "user_id": user_id,
            "intent": intent,
            "params": dict(params),
            "ttl_sec": 86400,
            **({"locale": locale} if locale else {}),
        }
        try:
            self.upstream.call("POST", "/v1/notifications", body, key, operation="notify")
        except UpstreamRefused as problem:
            logs.error("notification_refused", problem, intent=intent, code=problem.code)


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered receipt with what identifies it."""

    pdf: bytes
    total_minor: int
    summary: Mapping[str, Any]


@dataclass(frozen=True)
class LocalRenderer:
    """In this process, with reportlab: the default (RC-13)."""

    def render(self, receipt: Mapping[str, Any]) -> Page:
        from qr_orders.receipts.pdf import render

        return _page(receipt, render)


@dataclass(frozen=True)
class RemoteRenderer:
    """A service like Check: POST /pdf (B.6)."""

    base_url: str
    timeout_s: float = 10

    def render(self, receipt: Mapping[str, Any]) -> Page:
        return _page(receipt, lambda _parsed: self._fetch(receipt))

    def _fetch(self, receipt: Mapping[str, Any]) -> bytes:
        import requests

        body: dict[str, Any] = {"template": "receipt_v1", "locale": "ru", "receipt": receipt}
        try:
            answer = requests.post(
                f"{self.base_url}/pdf", json=body, timeout=trace.budget_s(self.timeout_s)
            )
        except requests.RequestException as problem:
            raise Unavailable("upstream_unavailable", system="renderer") from problem
        if answer.status_code != 200:
            raise Unavailable("upstream_unavailable", system="renderer")
        return answer.content


def _page(receipt: Mapping[str, Any], draw: Any) -> Page:
    from qr_orders.receipts.fiscal import FiscalReceipt
    from qr_orders.receipts.qr import qr_text

    parsed = FiscalReceipt.parse(receipt)
    summary = {"qr": qr_text(parsed), "total": str(Money(parsed.total, "RUB"))}
    return Page(draw(parsed), parsed.total, summary)


@dataclass(frozen=True)
class ReceiptFiles:
    """The private bucket of receipts (RC-05)."""

    bucket: str

    @cached_property
    def _s3(self) -> Any:
        return aws.client("s3")

    def put_once(self, key: str, pdf: bytes) -> None:
        """Writes when nothing lies there; a second task's bytes are the same anyway (RC-21)."""
        try:
            self._s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=pdf,
                ContentType="application/pdf",
                IfNoneMatch="*",
            )
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "PreconditionFailed":
                raise Unavailable("storage_unavailable") from problem
        except BotoCoreError as problem:
            raise Unavailable("storage_unavailable") from problem


@dataclass(frozen=True)
class ReportFiles:
    """The private bucket of reports, for people (R14)."""

    bucket: str

    def put(self, key: str, text: str) -> None:
        try:
            aws.client("s3").put_object(
                Bucket=self.bucket,
                Key=key,
                Body=text.encode(),
                ContentType="application/x-ndjson",
            )
        except (BotoCoreError, ClientError) as problem:
            raise Unavailable("storage_unavailable") from problem
