"""Asking again for receipts that never came, by an operator's hand (RC-12)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from qr_orders.model import Order, document_id
from qr_orders.model.invoice import PAYMENT_VERSION
from qr_orders.store import OrderStore
from qr_orders.task_names import RENDER_RECEIPT
from qr_orders.use_cases.arming import arm_cleared, arm_receipt
from qr_orders.use_cases.reconciliation import Days
from shared import trace
from shared.clock import Clock, to_ms
from shared.errors import NotFound
from shared.store import Transaction, commit
from shared.tasks import Tasks

_PAGE: Final = 100
_RESERVE_S: Final = 15
# A younger document's receipt is on its way.
_LATE_AFTER: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Wish:
    """One order, one document of it, or the orders that moved on days `since`..`until`."""

    order_id: str = ""
    document: str = ""
    since: date | None = None
    until: date | None = None
    dry_run: bool = True


@dataclass(frozen=True, slots=True)
class Requeue:
    store: OrderStore
    days: Days
    tasks: Tasks
    clock: Clock
    receipts_wanted: bool

    def run(self, wish: Wish) -> dict[str, Any]:
        """Arms the task of each late document without a stored receipt; says which.

        Harmless when repeated. `incomplete_from` is the day to go on with when time ran out.
        """
        requeued: list[dict[str, str]] = []
        orders, incomplete = 0, ""
        for day, order in self._orders(wish):
            if trace.remaining_s() < _RESERVE_S:
                incomplete = day
                break
            orders += 1
            requeued += self._requeue(order, wish)
        report: dict[str, Any] = {
            **{"dry_run": wish.dry_run, "orders": orders, "requeued": requeued},
            "parked": self.tasks.parked(RENDER_RECEIPT),
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

    def _requeue(self, order: Order, wish: Wish) -> list[dict[str, str]]:
        known = self.store.receipts(order.order_id)
        now, done = self.clock.now(), []
        by_hand = wish.since is None
        for receipt in known:
            wanted = wish.document in ("", receipt.document_id)
            late = by_hand or now - receipt.requested_at > _LATE_AFTER
            if receipt.state != "stored" and wanted and late:
                transaction = Transaction()
                again = {"requeued_at": to_ms(now)}
                document = receipt.document_id
                arm_receipt(self.tasks, transaction, order.order_id, document, now, **again)
                done.append(self._armed(order, document, "render_receipt", transaction, wish))
        document = document_id(order.invoice_id, PAYMENT_VERSION)
        unknown = document not in {receipt.document_id for receipt in known}
        late = by_hand or now - order.updated_at > _LATE_AFTER
        wanted = self.receipts_wanted and wish.document in ("", document)
        if order.cleared and unknown and late and wanted:
            transaction = Transaction()
            arm_cleared(self.tasks, transaction, order, PAYMENT_VERSION, now)
            done.append(self._armed(order, document, "process_cleared", transaction, wish))
        return done

    def _armed(
        self, order: Order, document: str, task: str, transaction: Transaction, wish: Wish
    ) -> dict[str, str]:
        if not wish.dry_run:
            commit(transaction)
        return {"order_id": order.order_id, "document_id": document, "task": task}
