"""Giving the money back: finished rides, and holds that nobody wants (SD-09, 30, M12).

It looks at one invoice, waits for a hold in flight, empties the basket, lets the money go, and
ends when the engine holds nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scooters_payments.model import RETURNING, Deposit, Status, invoice_session
from scooters_payments.model.invoice import NOTHING_HELD, Invoice
from scooters_payments.ports import Engine
from scooters_payments.store import DepositStore
from scooters_payments.use_cases.arming import disarm_left_open
from shared import logs, metrics
from shared.clock import Clock
from shared.errors import Unavailable
from shared.invoices import EngineRefused
from shared.store import Transaction, commit
from shared.tasks import Tasks, Ticket

_POLL_MAX_S: Final = 60
# Twice a worker's longest life: whoever read the deposit before its end is dead by then.
_DEAD_MAN_S: Final = 60
# Tries without success after which people are told; the task goes on.
_TRIES_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Releases:
    store: DepositStore
    tasks: Tasks
    engine: Engine
    clock: Clock
    poll_period_s: int

    def release(self, ticket: Ticket) -> None:
        """Task scooters_payments_release: until the engine holds nothing of this invoice."""
        invoice_id = str(ticket.payload["invoice_id"])
        deposit = self.store.find(invoice_session(invoice_id))
        if deposit is None or deposit.wants(invoice_id):
            ticket.finish()
            return
        try:
            ended = self._ended(deposit, invoice_id)
        except (Unavailable, EngineRefused) as problem:
            self._failed(deposit, ticket, problem.code)
            return
        if ended:
            self._record(deposit, ticket)
        else:
            self._again(ticket)

    def _ended(self, deposit: Deposit, invoice_id: str) -> bool:
        """Whether nothing is held, and nothing can be any more; asks for what is missing."""
        invoice = self.engine.retrieve(invoice_id)
        if invoice is None or invoice.status == "init":
            return not self._may_still_hold(deposit, invoice_id)
        if invoice.status == "held":
            self._let_go(invoice)
            return False
        if invoice.cleared or invoice.leaks:
            raise EngineRefused("captured" if invoice.cleared else "still_held")
        return invoice.status in NOTHING_HELD

    def _let_go(self, invoice: Invoice) -> None:
        """An empty basket as the next version, then the clear; both repeatable (R3)."""
        if invoice.total:
            self.engine.empty(invoice.invoice_id, invoice.version + 1)
        self.engine.clear(invoice.invoice_id)

    def _may_still_hold(self, deposit: Deposit, invoice_id: str) -> bool:
        """A worker that read the deposit before its end may be about to ask for the hold."""
        age_s = (self.clock.now() - deposit.updated_at).total_seconds()
        return invoice_id == deposit.invoice_id and age_s <= _DEAD_MAN_S

    def _record(self, deposit: Deposit, ticket: Ticket) -> None:
        transaction = Transaction()
        if deposit.status in RETURNING and ticket.payload["invoice_id"] == deposit.invoice_id:
            now = self.clock.now()
            after = deposit.moved(now, Status.RELEASED, held=0, released_at=now)
            self.store.move(transaction, deposit, after, "released", "engine")
            disarm_left_open(self.tasks, transaction, deposit.session_id)
        ticket.done(transaction)
        commit(transaction)

    def _failed(self, deposit: Deposit, ticket: Ticket, code: str) -> None:
        """Tried again, later each time; from the fifth on the deposit says so, and people hear."""
        tries = int(ticket.payload.get("tries", 0)) + 1
        logs.error("release_failed", invoice_id=ticket.payload["invoice_id"], code=code)
        transaction = Transaction()
        if tries >= _TRIES_MAX:
            metrics.count("DepositReleaseFailed")
            if deposit.status is Status.RELEASING:
                now = self.clock.now()
                after = deposit.moved(now, Status.RELEASE_FAILED, failure_code=code)
                self.store.move(
                    transaction, deposit, after, "release_failed", "engine", reason=code
                )
        ticket.again(transaction, self._after(tries), ticket.payload | {"tries": tries})
        commit(transaction)

    def _again(self, ticket: Ticket) -> None:
        looks = int(ticket.payload.get("looks", 0)) + 1
        transaction = Transaction()
        ticket.again(transaction, self._after(looks), ticket.payload | {"looks": looks})
        commit(transaction)

    def _after(self, times: int) -> datetime:
        pause_s = min(self.poll_period_s * 2 ** min(times - 1, 6), _POLL_MAX_S)
        return self.clock.now() + timedelta(seconds=pause_s)
