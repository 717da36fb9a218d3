"""Transactions: what its API does. Each change is read, advance, decide, commit if unchanged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sandbox import transactions
from sandbox.callbacks import Callbacks
from sandbox.invoice import Invoice, Update
from sandbox.store import Entry, InvoiceStore
from shared.clock import Clock
from shared.errors import Conflict, NotFound, Refused, Unavailable
from shared.store import ConditionFailed, Transaction, commit

_ROUNDS: Final = 8

Change = Callable[[Invoice, datetime], Invoice]


@dataclass(frozen=True, slots=True)
class Draft:
    """A valid request to create an invoice; `digest` identifies its content."""

    invoice_id: str
    originator: str
    currency: str
    method_type: str
    method_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Invoices:
    store: InvoiceStore
    callbacks: Callbacks
    clock: Clock
    delay_ms: int

    def create(self, draft: Draft) -> Invoice:
        """A new invoice, or the one that an identical request made.

        Raises Refused unknown_originator, Conflict invoice_exists.
        """
        if not self.callbacks.knows(draft.originator):
            raise Refused("unknown_originator")
        invoice = self._new(draft)
        transaction = Transaction()
        self.store.add(transaction, invoice)
        try:
            commit(transaction)
        except ConditionFailed:
            invoice = self.get(draft.invoice_id)
        if invoice.digest != draft.digest:
            raise Conflict("invoice_exists", status=invoice.status.value)
        return invoice

    def update(self, invoice_id: str, wish_in: Callable[[str], Update]) -> Invoice:
        """Sets the basket; `wish_in` reads the wish in the invoice's currency."""
        return self._change(
            invoice_id,
            lambda invoice, now: transactions.update(invoice, wish_in(invoice.currency), now),
        )

    def clear(self, invoice_id: str, operation_id: str) -> Invoice:
        return self._change(
            invoice_id, lambda invoice, now: transactions.clear(invoice, operation_id, now)
        )

    def confirm_3ds(self, invoice_id: str) -> Invoice:
        """The guest confirms at the bank's page. Raises Conflict confirmation_not_awaited."""
        return self._change(invoice_id, transactions.confirm_3ds)

    def get(self, invoice_id: str) -> Invoice:
        """The invoice as it is now. Raises NotFound invoice_not_found."""
        return self._change(invoice_id, lambda invoice, now: invoice)

    def ledger(self, invoice_id: str) -> tuple[Invoice, list[Entry]]:
        """The invoice and every movement of its money so far."""
        return self.get(invoice_id), self.store.ledger(invoice_id)

    def _new(self, draft: Draft) -> Invoice:
        return Invoice(
            invoice_id=draft.invoice_id,
            originator=draft.originator,
            currency=draft.currency,
            method_type=draft.method_type,
            method_id=draft.method_id,
            digest=draft.digest,
            created_at=self.clock.now(),
            delay_ms=self.delay_ms,
        )

    def _change(self, invoice_id: str, change: Change) -> Invoice:
        for _ in range(_ROUNDS):
            before = self.store.find(invoice_id)
            if before is None:
                raise NotFound("invoice_not_found")
            now = self.clock.now()
            after = change(transactions.advance(before, now), now)
            if after is before:
                return after
            try:
                self._commit(before, after, now)
            except ConditionFailed:
                continue
            return after
        raise Unavailable("contention")

    def _commit(self, before: Invoice, after: Invoice, now: datetime) -> None:
        transaction = Transaction()
        self.store.move(transaction, before, after)
        commit(transaction)
        for operation in transactions.newly_certain(before, after):
            self.callbacks.send(after, operation.operation_id, now)
