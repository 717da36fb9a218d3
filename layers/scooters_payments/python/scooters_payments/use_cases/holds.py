"""Holding the deposit, and changing what is held (SD-11, SD-15, SD-19..24, decision 28).

Each deposit has a task of its own: what one of them waits for does not slow another (SD-03).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scooters_payments.model import Deposit, Status
from scooters_payments.model.invoice import Invoice, Parts, applied, disagrees, update_id
from scooters_payments.ports import Engine
from scooters_payments.store import DepositStore
from scooters_payments.use_cases.arming import arm_release, disarm_left_open
from shared import logs, metrics
from shared.clock import Clock
from shared.errors import Unavailable
from shared.invoices import EngineRefused
from shared.store import Transaction, commit
from shared.tasks import Tasks, Ticket

_POLL_MAX_S: Final = 60


@dataclass(frozen=True, slots=True)
class Holds:
    """`block_max_s`: how long a ride waits for its deposit (DEPOSIT_BLOCK_MAX_SEC)."""

    store: DepositStore
    tasks: Tasks
    engine: Engine
    clock: Clock
    poll_period_s: int
    block_max_s: int

    def hold(self, ticket: Ticket) -> None:
        """Task scooters_payments_hold: from the start to held or failed, and through a resize."""
        deposit = self.store.find(str(ticket.payload["session_id"]))
        if deposit is None:
            ticket.finish()
        elif deposit.status is Status.CREATED:
            self._send(deposit, ticket)
        elif deposit.status in (Status.HOLDING, Status.RESIZING):
            self._look(deposit, ticket)
        else:
            ticket.finish()

    def late(self, deposit: Deposit, now: datetime) -> bool:
        """The ride waits no longer, and may be under way (SD-22)."""
        return deposit.age_s(now) >= self.block_max_s

    def _send(self, deposit: Deposit, ticket: Ticket) -> None:
        """Creates the invoice and sets its basket, both repeatable; records what came of it.

        Past the limit nothing is sent any more: the rider may be on his way (decision 28).
        """
        now = self.clock.now()
        transaction = Transaction()
        if self.late(deposit, now):
            self.abandon(transaction, deposit, now, deposit.engine_error or "late")
            ticket.done(transaction)
            commit(transaction)
            return
        try:
            self.engine.create(deposit)
            self.engine.update(deposit)
        except EngineRefused as problem:
            logs.error("hold_refused", session_id=deposit.session_id, code=problem.code)
            self.abandon(transaction, deposit, self.clock.now(), problem.code)
            ticket.done(transaction)
        except Unavailable as problem:
            self._note_error(transaction, deposit, problem.code)
            ticket.again(transaction, self._next_poll(deposit, self.clock.now()))
        else:
            after = deposit.moved(self.clock.now(), Status.HOLDING, sent_at=now, engine_error="")
            self.store.move(transaction, deposit, after, "holding", "engine")
            ticket.again(transaction, self._next_poll(after, after.updated_at))
        commit(transaction)

    def _note_error(self, transaction: Transaction, deposit: Deposit, code: str) -> None:
        """A check that comes now lets the rider go (SD-20); if none comes we try on."""
        if deposit.engine_error != code:
            after = deposit.moved(self.clock.now(), engine_error=code)
            self.store.move(transaction, deposit, after, "engine_failed", "engine", reason=code)

    def abandon(
        self, transaction: Transaction, deposit: Deposit, now: datetime, reason: str
    ) -> Deposit:
        """The ride goes without; what an unheard call may have held goes back (decision 28)."""
        after = deposit.moved(now, Status.ABANDONED)
        self.store.move(
            transaction, deposit, after, "abandoned", "scooters_payments", reason=reason
        )
        disarm_left_open(self.tasks, transaction, deposit.session_id)
        arm_release(self.tasks, transaction, deposit.invoice_id, now)
        transaction.after_commit.append(lambda: not_held(deposit, reason))
        return after

    def _look(self, deposit: Deposit, ticket: Ticket) -> None:
        invoice = self.engine.retrieve(deposit.invoice_id)
        if deposit.status is Status.RESIZING and self._unsent(deposit, invoice):
            self._resize(deposit, ticket)
            return
        transaction = Transaction()
        after = self._apply(transaction, deposit, invoice)
        if after is None:
            ticket.again(transaction, self._next_poll(deposit, self.clock.now()))
        else:
            ticket.done(transaction)
        commit(transaction)

    @staticmethod
    def _unsent(deposit: Deposit, invoice: Invoice | None) -> bool:
        asked = update_id(deposit.invoice_id, deposit.invoice_version)
        return invoice is not None and invoice.status == "held" and asked not in invoice.operations

    def _resize(self, deposit: Deposit, ticket: Ticket) -> None:
        """Asks for another amount; a refusal leaves what is held as it is."""
        transaction = Transaction()
        try:
            self.engine.update(deposit)
            ticket.again(transaction, self._next_poll(deposit, self.clock.now()))
        except EngineRefused as problem:
            after = deposit.moved(
                self.clock.now(),
                Status.HELD,
                wanted=deposit.held,
                invoice_version=deposit.invoice_version - 1,
            )
            self.store.move(
                transaction, deposit, after, "resize_refused", "engine", reason=problem.code
            )
            ticket.done(transaction)
        commit(transaction)

    def refreshed(self, deposit: Deposit) -> Deposit:
        """The deposit after a look at its invoice now, by a caller who has no task (D6)."""
        transaction = Transaction()
        after = self._apply(transaction, deposit, self.engine.retrieve(deposit.invoice_id))
        if after is None:
            return deposit
        commit(transaction)
        return after

    def _apply(
        self, transaction: Transaction, deposit: Deposit, invoice: Invoice | None
    ) -> Deposit | None:
        """Adds to the transaction what the invoice has become; None when that is nothing new."""
        now = self.clock.now()
        after = None if invoice is None else applied(deposit, invoice, now)
        if invoice is None or after is None:
            self._alarm(deposit, invoice)
            return None
        event, reason = after.status.value, after.failure_code
        self.store.move(transaction, deposit, after, event, "engine", reason=reason)
        if after.status is Status.FAILED:
            disarm_left_open(self.tasks, transaction, deposit.session_id)
        transaction.after_commit.append(lambda: self._measure(deposit, after, invoice))
        return after

    def _measure(self, before: Deposit, after: Deposit, invoice: Invoice) -> None:
        if before.status is Status.HOLDING:
            parts = Parts.of(before, invoice, after.updated_at)
            metrics.gauge("DepositAuthTimeMs", parts.total, "Milliseconds")
            for part in ("queue", "engine", "processor"):
                value: int = getattr(parts, part)
                metrics.gauge("DepositAuthPartMs", value, "Milliseconds", Part=part)
        if after.status is Status.FAILED and (
            not after.declined or self.late(after, after.updated_at)
        ):
            not_held(after, after.failure_code)
        if after.status is Status.HOLD_EXPIRED:
            not_held(after, "hold_expired")

    def _alarm(self, deposit: Deposit, invoice: Invoice | None) -> None:
        if invoice is None or disagrees(deposit, invoice):
            metrics.count("InvoiceMismatch")
            logs.error("invoice_mismatch", session_id=deposit.session_id)

    def _next_poll(self, deposit: Deposit, now: datetime) -> datetime:
        """The callback is the fast path; the poll backs off with the age of the deposit."""
        pause_s = max(self.poll_period_s, deposit.age_s(now) / 4)
        return now + timedelta(seconds=min(pause_s, _POLL_MAX_S))


def not_held(deposit: Deposit, reason: str) -> None:
    """A ride may go, or goes, with nothing held for it (SD-21)."""
    metrics.count("DepositNotHeld")
    logs.error("deposit_not_held", session_id=deposit.session_id, reason=reason)
