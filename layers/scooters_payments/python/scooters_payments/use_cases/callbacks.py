"""Facts from outside: the engine's callbacks and the ends of rides (R8, R9, SD-17).

A callback only pokes the deposit's task; its content is never applied. An event is stored as a
task before it is acknowledged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from scooters_payments.model import Ended, invoice_session
from scooters_payments.store import DepositStore
from scooters_payments.task_names import CALLBACK, RIDE_EVENTS
from scooters_payments.use_cases.arming import arm_hold, arm_release
from shared import metrics
from shared.clock import Clock
from shared.store import Transaction, commit
from shared.tasks import Tasks, Ticket

_FIRST_LOOK_S: Final = 2


class UnknownInvoice(LookupError):
    """No deposit of ours has this invoice yet: look again later."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    store: DepositStore
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
        """Task scooters_payments_transactions_callback: it came before its deposit was seen."""
        transaction = Transaction()
        if not self._poke(transaction, str(ticket.payload["invoice_id"]), self.clock.now()):
            raise UnknownInvoice
        ticket.done(transaction)
        commit(transaction)

    def _poke(self, transaction: Transaction, invoice_id: str, now: datetime) -> bool:
        """Arms whoever cares for the invoice. False when nobody does."""
        session_id = invoice_session(invoice_id)
        deposit = self.store.find(session_id)
        if deposit is None:
            return False
        if invoice_id != deposit.invoice_id:
            metrics.count("CallbackStale")
        if deposit.wants(invoice_id):
            arm_hold(self.tasks, transaction, session_id, now)
        else:
            arm_release(self.tasks, transaction, invoice_id, now)
        return True


@dataclass(frozen=True, slots=True)
class RideEvents:
    tasks: Tasks
    clock: Clock

    def receive(self, session_id: str, by: Ended) -> None:
        """Stored under session and kind: a repeat before its work is done is the same task."""
        payload = {"session_id": session_id, "by": by.value}
        transaction = Transaction()
        task_id = f"{RIDE_EVENTS}#{session_id}#{by.value}"
        self.tasks.arm(transaction, task_id, payload, self.clock.now())
        commit(transaction)
