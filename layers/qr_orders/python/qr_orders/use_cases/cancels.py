"""Giving the money back before a clear: cancelled orders, and holds that came too late (QO-14, 35).

The order's own status is the watch's business; this voids one invoice, whatever its order became.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qr_orders.model import Order, Payment
from qr_orders.model.invoice import VOID_VERSION, Change, Invoice
from qr_orders.ports import Engine, Notifier
from qr_orders.store import OrderStore
from qr_orders.use_cases.arming import arm_watch
from shared import logs, metrics
from shared.clock import Clock
from shared.money import Money
from shared.store import Transaction, commit
from shared.tasks import Tasks, Ticket

_POLL_MAX_S: Final = 60


@dataclass(frozen=True, slots=True)
class Cancels:
    store: OrderStore
    tasks: Tasks
    engine: Engine
    notifier: Notifier
    clock: Clock
    poll_period_s: int

    def void(self, ticket: Ticket) -> None:
        """Task qr_orders_cancel: waits for a hold in flight, then zeroes and clears the invoice."""
        invoice_id = str(ticket.payload["invoice_id"])
        order = self.store.find(ticket.payload["order_id"])
        if order is None or order.wants(invoice_id):
            self._end(ticket, order)
            return
        invoice = self.engine.retrieve(invoice_id)
        match invoice.status if invoice else "none":
            case "held":
                self._release(order, invoice_id)
                self._again(ticket)
            case "holding" | "clearing":
                self._again(ticket)
            case "none" | "init" if self._may_still_hold(order, invoice_id):
                self._again(ticket)
            case "cancelled":
                self._tell(order, invoice_id)
                self._end(ticket, order)
            case _:
                self._alarm(invoice)
                self._end(ticket, order)

    def _release(self, order: Order, invoice_id: str) -> None:
        """An empty basket as the next version, then the clear; both repeatable (R3)."""
        change = self.store.find_change(order.order_id, invoice_id, VOID_VERSION)
        if change is None:
            change = self._intend(order, invoice_id)
        self.engine.update(change)
        self.engine.clear(invoice_id)

    def _intend(self, order: Order, invoice_id: str) -> Change:
        change = Change(
            order_id=order.order_id,
            invoice_id=invoice_id,
            version=VOID_VERSION,
            at=self.clock.now(),
            author="qr_orders",
            reason="cancel",
            items=(),
            total=Money(0, order.total.currency),
        )
        transaction = Transaction()
        self.store.add_change(transaction, change)
        commit(transaction)
        return change

    def _may_still_hold(self, order: Order, invoice_id: str) -> bool:
        """The handler that started the payment may be alive: the watch decides when it is not."""
        return order.payment is Payment.CANCELLING and invoice_id == order.invoice_id

    def _tell(self, order: Order, invoice_id: str) -> None:
        guest = self.store.change(order.order_id, invoice_id, 1).author
        params = {"order_id": order.order_id, "total": str(order.total)}
        key = f"{invoice_id}:order_cancelled"
        # Who tried in vain before may read another language than who pays now.
        locale = order.locale if guest == order.user_id else ""
        self.notifier.notify(key, guest, "order_cancelled", params, locale)

    def _alarm(self, invoice: Invoice | None) -> None:
        if invoice is not None and invoice.cleared:
            metrics.count("InvoiceMismatch")
            logs.error("unwanted_invoice_cleared", invoice_id=invoice.invoice_id)

    def _again(self, ticket: Ticket) -> None:
        transaction = Transaction()
        looks = int(ticket.payload.get("looks", 0)) + 1
        pause_s = min(self.poll_period_s * 2 ** min(looks - 1, 6), _POLL_MAX_S)
        due_at: datetime = self.clock.now() + timedelta(seconds=pause_s)
        ticket.again(transaction, due_at, ticket.payload | {"looks": looks})
        commit(transaction)

    def _end(self, ticket: Ticket, order: Order | None) -> None:
        transaction = Transaction()
        ticket.done(transaction)
        if order is not None and order.payment is Payment.CANCELLING:
            arm_watch(self.tasks, transaction, order.order_id, self.clock.now())
        commit(transaction)
