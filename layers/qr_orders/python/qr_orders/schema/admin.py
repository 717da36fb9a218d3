"""Wire models of admin/get and admin/get-by-invoice (QO-08, QO-09, RC-06)."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from qr_orders.model import Item, Order, Receipt, parse_document_id
from qr_orders.model.invoice import Change, Invoice
from qr_orders.model.journal import (
    Attempt,
    Event,
    Movement,
    Refund,
    Refundable,
    allowed,
    attempts_of,
    refundable,
    refunds_of,
)
from qr_orders.schema.orders import ChangeView, OrderView
from qr_orders.schema.wire import Id, Statuses, quantity_text
from qr_orders.use_cases.admin import Dossier, Live, Name, Reader
from shared.clock import to_iso
from shared.http import Request
from shared.money import Money
from shared.receipt_links import TITLES, Document, LinkOf
from shared.wire import Wire


class Read(Wire):
    """Every look of the back office says whose it is."""

    operator: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]

    def reader(self, request: Request[Self]) -> Reader:
        """With the caller that IAM named, when the call came through the gateway."""
        iam = request.authorizer.get("iam") or {}
        return Reader(self.operator, str(iam.get("userArn", "")))


class GetAdmin(Read):
    """By order id, by short code, or by the restaurant's own id of the order: exactly one."""

    order_id: Id | None = None
    short_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{4,12}$")] | None = None
    partner_id: Id | None = None
    external_order_id: Id | None = None
    live: Literal["true", "false"] = "false"

    @model_validator(mode="after")
    def _one(self) -> Self:
        names = (self.order_id, self.short_code, self.external_order_id)
        alone = len([name for name in names if name is not None]) == 1
        if not alone or (self.partner_id is None) != (self.external_order_id is None):
            raise ValueError("order_id, short_code or partner_id with external_order_id")
        return self

    def to_name(self) -> Name:
        return Name(
            order_id=self.order_id or "",
            short_code=self.short_code or "",
            partner_id=self.partner_id or "",
            external_order_id=self.external_order_id or "",
        )


class GetByInvoice(Read):
    invoice_id: Annotated[str, Field(min_length=1, max_length=80)]
    live: Literal["true", "false"] = "false"


class EventView(Wire):
    """Who, when, what, and how the order stood after it."""

    rev: int
    at: str
    name: str
    actor: str
    reason: str | None
    status: Statuses
    held: str
    cleared: str
    refunded: str

    @classmethod
    def of(cls, event: Event, currency: str) -> Self:
        return cls(
            rev=event.rev,
            at=to_iso(event.at),
            name=event.name,
            actor=event.actor,
            reason=event.reason or None,
            status=Statuses(payment=event.payment.value, partner=event.partner.value),
            held=str(Money(event.held, currency)),
            cleared=str(Money(event.cleared, currency)),
            refunded=str(Money(event.refunded, currency)),
        )


class TransactionView(Wire):
    type: str
    amount: str
    at: str

    @classmethod
    def of(cls, movement: Movement) -> Self:
        return cls(type=movement.kind, amount=str(movement.amount), at=to_iso(movement.at))


class LiveView(Wire):
    """The transactions service's own word; with state "unknown" nothing but `problem` is known."""

    state: Literal["known", "absent", "unknown"]
    problem: str | None
    status: str | None = None
    version: int | None = None
    held: str | None = None
    cleared: str | None = None
    refunded: str | None = None
    error_code: str | None = None

    @classmethod
    def of(cls, live: Live, currency: str) -> Self:
        invoice, problem = live.invoice, live.problem or None
        if invoice is None:
            return cls.model_validate({"state": live.state, "problem": problem})
        return cls.model_validate(
            {"state": live.state, "problem": problem} | _seen(invoice, currency)
        )


class AttemptView(Wire):
    """One try to pay, which is one invoice: its versions, and the money that moved by it."""

    attempt: int
    invoice_id: str
    changelog: list[ChangeView]
    transactions: list[TransactionView]
    live: LiveView | None

    @classmethod
    def of(cls, attempt: Attempt, live: Live | None, currency: str) -> Self:
        mine = live is not None and live.invoice_id == attempt.invoice_id
        return cls(
            attempt=attempt.number,
            invoice_id=attempt.invoice_id,
            changelog=[ChangeView.of(change) for change in attempt.changes],
            transactions=[TransactionView.of(each) for each in attempt.movements],
            live=LiveView.of(live, currency) if live and mine else None,
        )


class AdminReceipt(Wire):
    """`url` is there when the PDF is, and lasts."""

    title: str
    sum: str
    url: str | None
    document_id: str
    type: str
    state: str

    @classmethod
    def of(cls, receipt: Receipt, link_of: LinkOf) -> Self:
        document = Document(receipt.order_id, *parse_document_id(receipt.document_id))
        return cls(
            title=TITLES["ru"][receipt.kind],
            sum=str(receipt.total),
            url=link_of(document) if receipt.state == "stored" else None,
            document_id=receipt.document_id,
            type=receipt.kind,
            state=receipt.state,
        )


class ItemPart(Wire):
    id: str
    name: str
    quantity: str
    amount: str

    @classmethod
    def of(cls, item: Item) -> Self:
        return cls(
            id=item.item_id,
            name=item.name,
            quantity=quantity_text(item.quantity),
            amount=str(item.total),
        )


class RefundView(Wire):
    """`items` are what went back; one that returned money alone has quantity 0."""

    refund_id: str
    version: int
    amount: str
    items: list[ItemPart]
    reason: str
    operator: str
    at: str
    state: str

    @classmethod
    def of(cls, refund: Refund) -> Self:
        change = refund.change
        return cls(
            refund_id=change.refund_id,
            version=change.version,
            amount=str(change.back),
            items=[ItemPart.of(item) for item in change.returned],
            reason=change.reason,
            operator=change.author,
            at=to_iso(change.at),
            state=refund.state,
        )


class RefundableView(Wire):
    """`version` is the one that a refund has to name."""

    version: int
    max: str
    items: list[ItemPart]

    @classmethod
    def of(cls, order: Order, left: Refundable) -> Self:
        return cls(
            version=order.invoice_version,
            max=str(left.most),
            items=[ItemPart.of(item) for item in left.items],
        )


class Actions(Wire):
    """What the order's state lets an operator do; `refund` says how much."""

    allowed: list[str]
    refund: RefundableView | None

    @classmethod
    def of(cls, order: Order, changes: list[Change]) -> Self:
        left = refundable(order, changes)
        return cls(
            allowed=list(allowed(order)),
            refund=None if left is None else RefundableView.of(order, left),
        )


class AdminView(Wire):
    """`order` is what get shows; everything else is newer knowledge about it, oldest first."""

    order: OrderView
    attempts: list[AttemptView]
    events: list[EventView]
    receipts: list[AdminReceipt]
    refunds: list[RefundView]
    actions: Actions

    @classmethod
    def of(cls, dossier: Dossier, link_of: LinkOf) -> Self:
        details, currency = dossier.details, dossier.details.order.total.currency
        order, changes = details.order, list(details.changes)
        attempts = attempts_of(order, dossier.events, changes)
        return cls(
            order=OrderView.of(details, dossier.expired),
            attempts=[AttemptView.of(attempt, dossier.live, currency) for attempt in attempts],
            events=[EventView.of(event, currency) for event in dossier.events],
            receipts=[AdminReceipt.of(receipt, link_of) for receipt in details.receipts],
            refunds=[RefundView.of(refund) for refund in refunds_of(order, changes)],
            actions=Actions.of(order, changes),
        )


def _seen(invoice: Invoice, currency: str) -> dict[str, object]:
    return {
        "status": invoice.status,
        "version": invoice.version,
        "held": str(Money(invoice.held, currency)),
        "cleared": str(Money(invoice.cleared, currency)),
        "refunded": str(Money(invoice.refunded, currency)),
        "error_code": invoice.error_code or None,
    }
