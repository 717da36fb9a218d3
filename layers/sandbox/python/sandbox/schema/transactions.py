"""Transactions on the wire (SPEC B.1). Amounts are decimal texts of the invoice's currency."""

from typing import Annotated, Any, Self

from pydantic import Field

from sandbox.invoice import Invoice, Item, Kind, Operation, PspTransaction, Update
from sandbox.schema.wire import Id, Text, Vat, Wire, iso, minor
from sandbox.store import Entry
from sandbox.use_cases import Draft
from shared.clock import to_iso
from shared.errors import Refused
from shared.money import EXPONENTS, Money
from shared.wire import Answer


class Method(Wire):
    type: Text
    id: Text


class CreateInvoice(Wire):
    """Identical repeats are recognised by every field declared here."""

    id: Id
    originator: Id
    user_id: Text
    currency: str
    payment_method: Method
    description: str = ""
    fiscal: dict[str, Any] | None = None
    metadata: Annotated[dict[str, Any], Field(default_factory=dict)]
    ip: str = ""

    def to_draft(self) -> Draft:
        """Raises Refused bad_currency."""
        if self.currency not in EXPONENTS:
            raise Refused("bad_currency")
        method = self.payment_method
        return Draft(self.id, self.originator, self.currency, method.type, method.id, self.digest())


class BasketItem(Wire):
    """`amount` is the price of the whole line, so that no multiplication rounds.

    `quantity` is information. A line may be free, a first basket may not.
    """

    id: Text
    title: Text
    amount: str
    quantity: str
    vat: Vat
    product_code: str = ""

    def to_item(self, currency: str) -> Item:
        amount = minor(self.amount, currency, self.id)
        return Item(self.id, self.title, amount, self.quantity, self.vat, self.product_code)


class UpdateInvoice(Wire):
    """`items` is the whole desired basket, never a difference; empty to give all money back."""

    operation_id: Id
    version: Annotated[int, Field(ge=1)]
    items: Annotated[list[BasketItem], Field(max_length=500)]
    reason: str = ""

    def to_update(self, currency: str) -> Update:
        """Raises Refused bad_amount."""
        items = tuple(item.to_item(currency) for item in self.items)
        return Update(self.operation_id, self.version, items, self.digest())


class ClearInvoice(Wire):
    operation_id: Id


class Created(Answer):
    id: str
    version: int
    status: str

    @classmethod
    def of(cls, invoice: Invoice) -> Self:
        return cls(id=invoice.invoice_id, version=invoice.version, status=invoice.status)


class OperationView(Answer):
    id: str
    version: int
    status: str

    @classmethod
    def of(cls, operation: Operation) -> Self:
        return cls(id=operation.operation_id, version=operation.version, status=operation.status)


class Accepted(Answer):
    """The answer to update and clear; `version` is the one the operation was accepted at."""

    operation: OperationView
    version: int
    status: str

    @classmethod
    def of(cls, invoice: Invoice, operation_id: str) -> Self:
        found = next(each for each in invoice.operations if each.operation_id == operation_id)
        return cls(operation=OperationView.of(found), version=found.version, status=invoice.status)


class TransactionView(Answer):
    id: str
    kind: str
    amount: str
    status: str
    psp_ref: str
    error_code: str | None
    created_at: str

    @classmethod
    def of(cls, invoice: Invoice, movement: PspTransaction) -> Self:
        return cls(
            id=movement.transaction_id,
            kind=movement.kind,
            amount=str(Money(movement.amount, invoice.currency)),
            status=movement.status,
            psp_ref=f"sandbox-{invoice.invoice_id}-{movement.transaction_id}",
            error_code=movement.error_code or None,
            created_at=to_iso(movement.created_at),
        )


class ItemView(Answer):
    id: str
    title: str
    amount: str
    quantity: str
    vat: str
    product_code: str | None

    @classmethod
    def of(cls, item: Item, currency: str) -> Self:
        return cls(
            id=item.item_id,
            title=item.title,
            amount=str(Money(item.amount, currency)),
            quantity=item.quantity,
            vat=item.vat,
            product_code=item.product_code or None,
        )


class ThreeDsView(Answer):
    """Where the guest confirms; nobody serves that page, see confirm-3ds."""

    redirect_url: str

    @classmethod
    def of(cls, invoice: Invoice) -> Self | None:
        if not invoice.awaits_guest:
            return None
        return cls(redirect_url=f"https://3ds.sandbox.example/{invoice.invoice_id}")


class InvoiceView(Answer):
    """`held` is the hold less what was voided; a clear does not lower it, see the ledger for P."""

    id: str
    version: int
    status: str
    currency: str
    held: str
    cleared: str
    refunded: str
    items: list[ItemView]
    operations: list[OperationView]
    transactions: list[TransactionView]
    payment_method: Method
    created_at: str
    held_at: str | None
    cleared_at: str | None
    auth_expires_at: str | None
    three_ds: ThreeDsView | None

    @classmethod
    def of(cls, invoice: Invoice) -> Self:
        currency = invoice.currency
        return cls(
            id=invoice.invoice_id,
            version=invoice.version,
            status=invoice.status,
            currency=currency,
            held=str(Money(invoice.held, currency)),
            cleared=str(Money(invoice.cleared, currency)),
            refunded=str(Money(invoice.refunded, currency)),
            items=[ItemView.of(item, currency) for item in invoice.items],
            operations=[OperationView.of(each) for each in invoice.operations],
            transactions=[TransactionView.of(invoice, each) for each in invoice.transactions],
            payment_method=Method(type=invoice.method_type, id=invoice.method_id),
            created_at=to_iso(invoice.created_at),
            held_at=iso(invoice.held_at),
            cleared_at=iso(invoice.cleared_at),
            auth_expires_at=iso(invoice.auth_expires_at),
            three_ds=ThreeDsView.of(invoice),
        )


class EntryView(Answer):
    transaction_id: str
    kind: str
    amount: str
    operation_id: str
    at: str

    @classmethod
    def of(cls, entry: Entry, currency: str) -> Self:
        return cls(
            transaction_id=entry.transaction_id,
            kind=entry.kind,
            amount=str(Money(entry.amount, currency)),
            operation_id=entry.operation_id,
            at=to_iso(entry.at),
        )


class LedgerView(Answer):
    """Sums of the entries themselves; `held` = `cleared` + `voided` + `open` (M2)."""

    invoice_id: str
    currency: str
    entries: list[EntryView]
    held: str
    cleared: str
    voided: str
    refunded: str
    open: str

    @classmethod
    def of(cls, invoice: Invoice, entries: list[Entry]) -> Self:
        currency = invoice.currency
        sums = {
            kind: Money(sum(entry.amount for entry in entries if entry.kind is kind), currency)
            for kind in Kind
        }
        held, cleared, voided = sums[Kind.HOLD], sums[Kind.CLEAR], sums[Kind.VOID]
        return cls(
            invoice_id=invoice.invoice_id,
            currency=currency,
            entries=[EntryView.of(entry, currency) for entry in entries],
            held=str(held),
            cleared=str(cleared),
            voided=str(voided),
            refunded=str(sums[Kind.REFUND]),
            open=str(held - cleared - voided),
        )
