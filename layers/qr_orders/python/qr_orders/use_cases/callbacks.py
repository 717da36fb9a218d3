"""Facts from the transactions service: a callback only pokes the order's watch (QO-12, QO-27).

Its content is never applied: duplicated, reordered or forged, it makes us ask the engine once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from qr_orders.store import OrderStore
from qr_orders.task_names import CALLBACK
from qr_orders.use_cases.arming import arm_cancel, arm_watch
from shared import metrics
from shared.clock import Clock
from shared.store import Transaction, commit
from shared.tasks import Tasks, Ticket

_FIRST_LOOK_S: Final = 2


class UnknownInvoice(LookupError):
    """No order of ours has this invoice yet: look again later."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    store: OrderStore
    tasks: Tasks
    clock: Clock

    def receive(self, message: Mapping[str, Any]) -> None:
        """B.1's message. Of an unknown invoice it waits as a task: nothing is dropped (R8)."""
        now = self.clock.now()
        event = {name: str(message[name]) for name in ("invoice_id", "event_id")}
        transaction = Transaction()
        if not self._poke(transaction, event["invoice_id"], now):
            later = now + timedelta(seconds=_FIRST_LOOK_S)
            self.tasks.arm(transaction, f"{CALLBACK}#{event['event_id']}", event, later)
        commit(transaction)

    def retry(self, ticket: Ticket) -> None:
        """Task qr_orders_transactions_callback: an event that came before its order was seen."""
        transaction = Transaction()
        if not self._poke(transaction, str(ticket.payload["invoice_id"]), self.clock.now()):
            raise UnknownInvoice
        ticket.done(transaction)
        commit(transaction)

    def _poke(self, transaction: Transaction, invoice_id: str, now: datetime) -> bool:
        """Arms whoever cares for the invoice: `<order>-<attempt>`. False when nobody does.

        News of an invoice that is not the order's payment may be a hold that came too late (O23).
        """
        order_id = invoice_id.rpartition("-")[0]
        order = self.store.find(order_id)
        if order is None:
            return False
        if invoice_id != order.invoice_id:
            metrics.count("CallbackStale")
        if not order.wants(invoice_id):
            arm_cancel(self.tasks, transaction, order_id, invoice_id, now)
        if invoice_id == order.invoice_id:
            arm_watch(self.tasks, transaction, order_id, now)
        return True
