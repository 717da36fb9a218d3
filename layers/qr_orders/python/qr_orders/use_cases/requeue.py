"""Asking again for receipts that never came, by an operator's hand (RC-12)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from qr_orders.model import Order, Receipt, document_id
from qr_orders.model.journal import settled_of
from qr_orders.store import OrderStore
from qr_orders.task_names import RENDER_RECEIPT
from qr_orders.use_cases.admin import Journal
from qr_orders.use_cases.arming import arm_cleared, arm_receipt
from qr_orders.use_cases.reconciliation import Days
from shared import trace
from shared.clock import Clock, to_ms
from shared.errors import NotFound
from shared.parked import parked_of
from shared.store import Transaction, commit
from shared.tasks import Tasks

_PAGE: Final = 100
_RESERVE_S: Final = 15
# A younger document's receipt is on its way.
_LATE_AFTER: Final = timedelta(minutes=15)

Done = dict[str, str]


@dataclass(frozen=True, slots=True)
class Wish:
    """One order, one document of it, or the orders that moved on days `since`..`until`."""

    order_id: str = ""
    document: str = ""
    since: date | None = None
    until: date | None = None
    dry_run: bool = True

    @property
    def by_hand(self) -> bool:
        """Of one order: whatever is missing is late."""
        return self.since is None

    def wants(self, document: str) -> bool:
        return self.document in ("", document)


@dataclass(frozen=True, slots=True)
class Requeue:
    store: OrderStore
    journal: Journal
    days: Days
    tasks: Tasks
    clock: Clock
    receipts_wanted: bool

    def run(self, wish: Wish) -> dict[str, Any]:
        """Arms the task of each late document without a stored receipt; says which.

        Harmless when repeated. `incomplete_from` is the day to go on with when time ran out.
        """
        requeued: list[Done] = []
        orders, incomplete = 0, ""
        for day, order in self._orders(wish):
            if trace.remaining_s() < _RESERVE_S:
                incomplete = day
                break
            orders += 1
            requeued += self._requeue(order, wish)
        report: dict[str, Any] = {
            **{"dry_run": wish.dry_run, "orders": orders, "requeued": requeued},
            "parked": parked_of(RENDER_RECEIPT),
        }
        return report | ({"incomplete_from": incomplete} if incomplete else {})

    def _orders(self, wish: Wish) -> Iterator[tuple[str, Order]]:
        if wish.since is None or wish.until is None:
            order = self.store.find(wish.order_id)
            if order is None:
                raise NotFound("order_not_found")
            yield "", order
            return
        for number in range((wish.until - wish.since).days + 1):
            day = (wish.since + timedelta(days=number)).isoformat()
            after = "0"
            while ids := self.days.page(day, after, _PAGE):
                yield from ((day, order) for order in self.days.orders(ids))
                after = ids[-1]

    def _requeue(self, order: Order, wish: Wish) -> list[Done]:
        known = self.store.receipts(order.order_id)
        return [*self._late(order, known, wish), *self._lost(order, known, wish)]

    def _late(self, order: Order, known: Sequence[Receipt], wish: Wish) -> Iterator[Done]:
        """Receipts that were asked for, and have not come."""
        now = self.clock.now()
        for receipt in known:
            document = receipt.document_id
            late = wish.by_hand or now - receipt.requested_at > _LATE_AFTER
            if receipt.state != "stored" and late and wish.wants(document):
                transaction = Transaction()
                again = {"requeued_at": to_ms(now)}
                arm_receipt(self.tasks, transaction, order.order_id, document, now, **again)
                yield _armed(order, document, "render_receipt", transaction, wish)

    def _lost(self, order: Order, known: Sequence[Receipt], wish: Wish) -> Iterator[Done]:
        """Money that moved without a document: of the payment, and of each refund."""
        if not (order.cleared and self.receipts_wanted):
            return
        now, documents = self.clock.now(), {receipt.document_id for receipt in known}
        events = self.journal.events(order.order_id)
        for settled in settled_of(order, events, self.store.changes(order.order_id)):
            document = document_id(order.invoice_id, settled.version)
            late = wish.by_hand or now - settled.at > _LATE_AFTER
            if document not in documents and late and wish.wants(document):
                transaction = Transaction()
                arm_cleared(self.tasks, transaction, order, settled, now)
                yield _armed(order, document, "process_cleared", transaction, wish)


def _armed(order: Order, document: str, task: str, transaction: Transaction, wish: Wish) -> Done:
    if not wish.dry_run:
        commit(transaction)
    return {"order_id": order.order_id, "document_id": document, "task": task}
