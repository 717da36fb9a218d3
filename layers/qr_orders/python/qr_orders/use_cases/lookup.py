"""An order by whatever somebody has of it: its id, an invoice, a document, a code, a bill."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from qr_orders import store as labels
from qr_orders.model import Order, Receipt
from qr_orders.model.journal import parse_invoice_id
from qr_orders.store import OrderStore
from qr_orders.task_names import (
    CANCEL,
    CHECK_PAYMENT,
    CLOSE,
    EXPIRED,
    PROCESS_CLEARED,
    UPDATE_TRANSACTIONS,
)
from shared.clock import to_iso
from shared.finding import Found, task_facts
from shared.money import Money
from shared.tasks import TaskRow

# What the task of an order is called after its queue; a receipt's is called after its document.
_OF_ORDER: Final = (CHECK_PAYMENT, CLOSE, EXPIRED, UPDATE_TRANSACTIONS)


@dataclass(frozen=True, slots=True)
class Lookup:
    """Reads by keys alone, so that it may ask for everything the id could be."""

    store: OrderStore

    def order(self, text: str) -> Iterator[Found]:
        """By order id, invoice id, document id, short code, <partner>#<its own order id>,
        <order>#<refund id>.
        """
        seen: set[str] = set()
        for kind, order_id in self._candidates(text):
            order = self.store.find(order_id) if order_id and order_id not in seen else None
            if order is not None:
                seen.add(order_id)
                yield Found("order", order_id, {"found_by": kind, **self._facts(order)})

    def _candidates(self, text: str) -> Iterator[tuple[str, str]]:
        yield "order", text
        invoice_id = text.partition("/")[0]
        invoice = parse_invoice_id(invoice_id)
        yield "invoice" if invoice_id == text else "document", invoice[0] if invoice else ""
        yield "short_code", self.store.owner_of(labels.SHORT_CODE, text) or ""
        yield "external_order", self.store.owner_of(labels.EXTERNAL, text) or ""
        yield "refund", self.store.owner_of(labels.REFUND, text) or ""

    def _facts(self, order: Order) -> dict[str, Any]:
        currency = order.total.currency
        sums = {name: getattr(order, name) for name in ("held", "cleared", "refunded")}
        return {
            "partner_id": order.partner_id,
            "external_order_id": order.external_order_id,
            "short_code": order.short_code,
            "status": {"payment": order.payment.value, "partner": order.partner.value},
            "total": str(order.total),
            "currency": currency,
            **{name: str(Money(minor, currency)) for name, minor in sums.items()},
            "invoice_id": order.invoice_id if order.attempt else "",
            "failure_code": order.failure_code,
            "updated_at": to_iso(order.updated_at),
            "receipts": {each.document_id: each.state for each in self._receipts(order)},
            "tasks": {row.task_id: task_facts(row) for row in self._tasks(order)},
        }

    def _receipts(self, order: Order) -> list[Receipt]:
        return self.store.receipts(order.order_id)

    def _tasks(self, order: Order) -> list[TaskRow]:
        order_id = order.order_id
        ids = [f"{name}#{order_id}" for name in _OF_ORDER]
        ids += [f"{CANCEL}#{order_id}-{attempt + 1}" for attempt in range(order.attempt)]
        versions = range(1, order.invoice_version + 1)
        ids += [f"{PROCESS_CLEARED}#{order_id}#{order.attempt}-{each}" for each in versions]
        rows = TaskRow.find_all([(task_id,) for task_id in ids])
        return sorted(rows, key=lambda row: row.task_id)
