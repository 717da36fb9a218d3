"""From a cleared payment to a receipt that a guest can open (QO-16, 17; RC-02..21)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from qr_orders import store as labels
from qr_orders.model import Item, Order, Receipt, document_id, parse_document_id, receipt_key
from qr_orders.model.cashback import PaymentEvent
from qr_orders.model.invoice import PAYMENT_VERSION, Change
from qr_orders.ports import Bus, Documents, Files, Notifier, Renderer
from qr_orders.store import OrderStore
from qr_orders.use_cases.arming import arm_receipt
from shared import logs, metrics
from shared.clock import Clock, from_ms
from shared.errors import Unavailable
from shared.money import Money
from shared.store import ConditionFailed, Transaction, commit
from shared.tasks import Tasks, Ticket


@dataclass(frozen=True, slots=True)
class ReceiptPolicy:
    """RC-09, decision 20: n polls with period T, then back-off, parked after some days."""

    source: str
    poll_period_s: int
    poll_attempts: int
    backoff_max_s: int
    park_after_h: int

    def pause_s(self, polls: int) -> int:
        """Until the next poll, after so many of them."""
        doubled = self.poll_period_s << min(max(0, polls - self.poll_attempts), 20)
        return max(self.poll_period_s, min(doubled, self.backoff_max_s))


@dataclass(frozen=True, slots=True)
class Receipts:
    store: OrderStore
    tasks: Tasks
    documents: Documents
    renderer: Renderer
    files: Files
    notifier: Notifier
    bus: Bus
    clock: Clock
    policy: ReceiptPolicy

    def process_cleared(self, ticket: Ticket) -> None:
        """Task qr_order_process_cleared: the document to Eda, the news to the guest and to the bus.

        Once per version cleared or refunded (QO-16, 26): the row in `receipts` is the claim.
        """
        order = self.store.find(ticket.payload["order_id"])
        if order is None:
            raise LookupError("no such order")
        invoice_id, version = ticket.payload["invoice_id"], int(ticket.payload["version"])
        change = self.store.change(order.order_id, invoice_id, version)
        try:
            if self.store.receipt(order.order_id, document_id(invoice_id, version)) is None:
                self._announce(order, change, ticket.payload["cleared_at"])
                self.bus.publish(PaymentEvent.of(order, change))
            self._request_receipt(order, change, ticket)
        except ConditionFailed:
            raise
        except Exception:
            metrics.count("ReceiptEnqueue", Result="failed")
            raise
        metrics.count("ReceiptEnqueue", Result="ok")

    def _announce(self, order: Order, change: Change, cleared_at: str) -> None:
        partner = self.store.basket(order).partner
        document = eda_document(order, change, partner, cleared_at)
        self.documents.put(change.invoice_id, change.version, document)
        intent = "order_refunded" if change.refund_id else "order_paid"
        key = f"{order.order_id}:{intent}:{change.version}"
        params = {"order_id": order.order_id, "total": str(_moved(change))}
        self.notifier.notify(key, order.user_id, intent, params, order.locale)

    def _request_receipt(self, order: Order, change: Change, ticket: Ticket) -> None:
        now = self.clock.now()
        document = document_id(change.invoice_id, change.version)
        receipt = Receipt(order.order_id, document, _kind(change), _moved(change), now)
        transaction = Transaction()
        ticket.done(transaction)
        if self.policy.source != "none":
            self.store.add_receipt(transaction, receipt)
            due_at = now + timedelta(seconds=self.policy.poll_period_s)
            arm_receipt(self.tasks, transaction, order.order_id, document, due_at)
        try:
            commit(transaction)
        except ConditionFailed as problem:
            if labels.RECEIPT not in problem.labels:
                raise
            ticket.finish()

    def render(self, ticket: Ticket) -> None:
        """Task qr_order_render_receipt: fetches, renders, stores a receipt (RC-08..10, 14, 21)."""
        payload = ticket.payload
        receipt = self.store.receipt(payload["order_id"], payload["document_id"])
        if receipt is None or receipt.state == "stored":
            ticket.finish()
            return
        self._measure(receipt, ticket)
        # An operator's requeue starts the time anew (RC-12).
        since = max(receipt.requested_at, from_ms(int(payload.get("requeued_at", 0))))
        if self.clock.now() - since > timedelta(hours=self.policy.park_after_h):
            self.tasks.park(ticket)
            return
        found = self._fetched(receipt)
        if found is None:
            self._poll_again(ticket)
        else:
            self._store(receipt, found, ticket)

    def _fetched(self, receipt: Receipt) -> Mapping[str, Any] | None:
        """An Eda that does not answer is polled as one that is not ready, and no faster."""
        try:
            return self.documents.receipt(*parse_document_id(receipt.document_id))
        except Unavailable:
            return None

    def _measure(self, receipt: Receipt, ticket: Ticket) -> None:
        age_s = int((self.clock.now() - receipt.requested_at).total_seconds())
        metrics.gauge("ReceiptTaskAgeSec", age_s, "Seconds")
        metrics.gauge("ReceiptTaskAttempts", int(ticket.payload["polls"]) + ticket.attempts)

    def _poll_again(self, ticket: Ticket) -> None:
        polls = int(ticket.payload["polls"]) + 1
        transaction = Transaction()
        due_at = self.clock.now() + timedelta(seconds=self.policy.pause_s(polls))
        ticket.again(transaction, due_at, ticket.payload | {"polls": polls})
        commit(transaction)

    def _store(self, receipt: Receipt, found: Mapping[str, Any], ticket: Ticket) -> None:
        rendered = self.renderer.render(found)
        if rendered.total_minor != receipt.total.minor:
            metrics.count("ReceiptSumMismatch")
            logs.error("receipt_sum_mismatch", document_id=receipt.document_id)
        key = receipt_key(receipt.order_id, receipt.document_id)
        # The object first: the same bytes at every repeat, and no row without a file (RC2).
        self.files.put_once(key, rendered.pdf)
        stored = replace(receipt, state="stored", key=key, fiscal=dict(rendered.summary))
        transaction = Transaction()
        self.store.store_receipt(transaction, stored)
        ticket.done(transaction)
        try:
            commit(transaction)
        except ConditionFailed as problem:
            if labels.RECEIPT not in problem.labels or ticket.task_id in problem.labels:
                raise
            ticket.finish()


def eda_document(
    order: Order, change: Change, partner: Mapping[str, Any], cleared_at: str
) -> dict[str, Any]:
    """The body of B.2's PUT: from the journal's version, never from the order of now (RC3).

    A refund's lists what goes back and nothing else (RC-27), `cleared_at` is when it went.
    """
    parent = document_id(change.invoice_id, PAYMENT_VERSION)
    return {
        "order_id": order.order_id,
        "type": _kind(change),
        **({"parent_document_id": parent} if change.refund_id else {}),
        "currency": change.total.currency,
        "total": str(_moved(change)),
        "partner": {
            "id": order.partner_id,
            **{key: partner.get(key, "") for key in ("inn", "place_id", "address")},
            "name": partner.get("legal_name") or partner.get("name", ""),
        },
        "user": {"id": order.user_id},
        "payment": {"method": order.method.kind if order.method else ""},
        "items": [_item(item) for item in (change.returned or change.items)],
        "cleared_at": cleared_at,
    }


def _kind(change: Change) -> str:
    return "refund" if change.refund_id else "payment"


def _moved(change: Change) -> Money:
    """What this version took or gave back: the sum of its document."""
    return change.back if change.refund_id else change.total


def _item(item: Item) -> dict[str, str]:
    # A part of a price that goes back has no quantity; on paper it is one piece of that price.
    return {
        "id": item.item_id,
        "name": item.name,
        "quantity": str(item.quantity or 1),
        "unit": item.unit,
        "price": str(item.price),
        "discount": str(item.discount),
        "total": str(item.total),
        "vat": item.vat,
    }
