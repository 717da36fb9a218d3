"""Invoices and their ledger in DynamoDB: an invoice and its new movements are one commit."""

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from sandbox.invoice import Invoice, Kind, Outcome
from sandbox.tables import InvoiceRow, LedgerRow
from shared.clock import from_ms, to_ms
from shared.store import Store, Transaction

_STATE = TypeAdapter(Invoice)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger."""

    transaction_id: str
    kind: Kind
    amount: int
    operation_id: str
    at: datetime


class InvoiceStore(Store):
    def find(self, invoice_id: str) -> Invoice | None:
        row = InvoiceRow.find(invoice_id)
        return None if row is None else replace(_STATE.validate_json(row.state), rev=row.rev)

    def add(self, transaction: Transaction, invoice: Invoice) -> None:
        transaction.put(_row(invoice), "invoice")

    def move(self, transaction: Transaction, before: Invoice, after: Invoice) -> None:
        """`before` becomes `after`, if it still is `before`; new movements enter the ledger."""
        next_row = _row(replace(after, rev=before.rev + 1))
        transaction.put(next_row, "invoice", InvoiceRow.rev == before.rev)
        entries = _entries(before)
        for entry in _entries(after)[len(entries) :]:
            transaction.put(_ledger_row(after.invoice_id, entry), entry.transaction_id)

    def ledger(self, invoice_id: str) -> list[Entry]:
        """In the order of the movements."""
        rows = LedgerRow.query(invoice_id, consistent_read=True)
        return [
            Entry(row.transaction_id, Kind(row.kind), row.amount, row.operation_id, from_ms(row.at))
            for row in rows
        ]


def _entries(invoice: Invoice) -> list[Entry]:
    return [
        Entry(each.transaction_id, each.kind, each.amount, each.operation_id, each.due_at)
        for each in invoice.transactions
        if each.outcome is Outcome.SUCCESS
    ]


def _row(invoice: Invoice) -> InvoiceRow:
    state = _STATE.dump_json(invoice).decode()
    return InvoiceRow(invoice.invoice_id, rev=invoice.rev, state=state)


def _ledger_row(invoice_id: str, entry: Entry) -> LedgerRow:
    return LedgerRow(
        invoice_id,
        entry.transaction_id,
        kind=entry.kind.value,
        amount=entry.amount,
        operation_id=entry.operation_id,
        at=to_ms(entry.at),
    )
