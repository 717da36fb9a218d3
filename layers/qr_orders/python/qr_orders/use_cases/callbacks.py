"""Facts from the transactions service: a callback only pokes the order's watch (QO-12, QO-27).

Its content is never applied: duplicated, reordered or forged, it makes us ask the engine once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from qr_orders.store import OrderStore
from qr_orders.task_names import CALLBACK
from qr_orders.use_cases.payments import arm_watch
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
        order_id = _order_id(event)
        transaction = Transaction()
        if self.store.find(order_id) is not None:
            arm_watch(self.tasks, transaction, order_id, now)
        else:
            later = now + timedelta(seconds=_FIRST_LOOK_S)
            self.tasks.arm(transaction, f"{CALLBACK}#{event['event_id']}", event, later)
        commit(transaction)

    def retry(self, ticket: Ticket) -> None:
        """Task qr_orders_transactions_callback: an event that came before its order was seen."""
        order_id = _order_id(ticket.payload)
        if self.store.find(order_id) is None:
            raise UnknownInvoice
        transaction = Transaction()
        arm_watch(self.tasks, transaction, order_id, self.clock.now())
        ticket.done(transaction)
        commit(transaction)


def _order_id(event: Mapping[str, Any]) -> str:
    """Invoice ids are `<order>-<attempt>`."""
    return str(event["invoice_id"]).rpartition("-")[0]
