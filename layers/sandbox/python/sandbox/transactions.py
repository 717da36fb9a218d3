"""The rules of versioned invoices (SPEC B.1), without IO and without timers.

What happens next follows from the desired basket and the movements so far, so the state at any
moment is `advance(invoice, moment)`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sandbox.invoice import (
    Invoice,
    Kind,
    Operation,
    OperationStatus,
    Outcome,
    PspTransaction,
    Status,
    Update,
)
from shared.errors import Conflict, Refused

# Test tokens (SPEC B.14): what the guest's bank answers to a hold. An unknown token is refused.
DECLINES: Final = {
    "card-insufficient": "insufficient_funds",
    "card-blocked": "card_blocked",
    "card-fraud": "fraud_suspected",
}
GOOD_CARDS: Final = frozenset({"card-ok", "card-callback-lost", "card-callback-dup"})
_UPDATABLE: Final = frozenset({Status.INIT, Status.HOLDING, Status.HELD, Status.CLEARED})


def advance(invoice: Invoice, now: datetime) -> Invoice:
    """The invoice as it is at `now`: due movements have ended, each was followed by the next."""
    while (running := invoice.running) is not None and running.due_at <= now:
        invoice = _planned(_ended(invoice, running), running.due_at)
    return invoice


def update(invoice: Invoice, wish: Update, now: datetime) -> Invoice:
    """The invoice with a new desired basket; of an invoice already advanced to `now`.

    An update whose operation is known changes nothing. Raises Conflict: operation_conflict,
    version_conflict, update_not_allowed; Refused: amount_increase_not_supported, zero_amount.
    """
    known = invoice.operation(wish.operation_id)
    if known is not None:
        return _repeated(invoice, known, wish.digest)
    if wish.version != invoice.version + 1:
        raise Conflict("version_conflict", current_version=invoice.version)
    status = invoice.status
    cancelling = invoice.clear_operation_id and not invoice.cleared
    if status not in _UPDATABLE or cancelling:
        raise Conflict("update_not_allowed", status=status.value)
    after = replace(invoice, version=wish.version, items=wish.items)
    if not invoice.version and not after.total:
        raise Refused("zero_amount")
    if invoice.cleared and after.total > invoice.cleared - invoice.refunded:
        raise Refused("amount_increase_not_supported")
    return _accepted(after, wish.operation_id, wish.digest, now)


def clear(invoice: Invoice, operation_id: str, now: datetime) -> Invoice:
    """The invoice told to take its basket's money, or to release the hold of an empty one.

    A repeat changes nothing. Raises Conflict not_held, operation_conflict.
    """
    known = invoice.operation(operation_id)
    if known is not None:
        return _repeated(invoice, known, "clear")
    status = invoice.status
    cancels_early = status is Status.HOLDING and not invoice.total
    if invoice.clear_operation_id or not (status is Status.HELD or cancels_early):
        raise Conflict("not_held", status=status.value)
    asked = replace(invoice, clear_operation_id=operation_id)
    return _accepted(asked, operation_id, "clear", now)


def finished(invoice: Invoice, operation_id: str) -> Operation:
    """The operation as it will have ended, if nobody calls again: the future follows from today."""
    found = advance(invoice, datetime.max.replace(tzinfo=invoice.created_at.tzinfo))
    operation = found.operation(operation_id)
    if operation is None:
        raise LookupError("an operation that was never accepted")
    return operation


def event_of(invoice: Invoice, operation_id: str) -> str:
    """The name under which the end of an operation just accepted is told to the originator."""
    if operation_id == invoice.clear_operation_id:
        return "transaction_cleared" if invoice.total else "operation_finished"
    return "refund_finished" if invoice.status is Status.REFUNDING else "operation_finished"


def _repeated(invoice: Invoice, known: Operation, digest: str) -> Invoice:
    if known.digest != digest:
        raise Conflict("operation_conflict", operation_id=known.operation_id)
    return invoice


def _accepted(invoice: Invoice, operation_id: str, digest: str, now: datetime) -> Invoice:
    operation = Operation(operation_id, invoice.version, digest)
    return _planned(replace(invoice, operations=(*invoice.operations, operation)), now)


def _planned(invoice: Invoice, at: datetime) -> Invoice:
    """Starts the next movement at `at`; when none is needed the open operations are over."""
    if invoice.running is not None:
        return invoice
    step = _next_step(invoice)
    if step is None:
        return replace(
            invoice, operations=tuple(_over(each, invoice, at) for each in invoice.operations)
        )
    kind, amount = step
    movement = PspTransaction(
        transaction_id=f"{len(invoice.transactions) + 1:03d}-{kind}",
        kind=kind,
        amount=amount,
        operation_id=invoice.operations[-1].operation_id,
        created_at=at,
        due_at=at + timedelta(milliseconds=invoice.delay_ms),
    )
    return replace(invoice, transactions=(*invoice.transactions, movement))


def _next_step(invoice: Invoice) -> tuple[Kind, int] | None:
    """The movement that brings the money nearer to the basket, or None when it is there.

    A zero basket alone voids nothing: the clear that follows it does.
    """
    if invoice.error_code:
        return None
    total, open_ = invoice.total, invoice.open
    if invoice.cleared:
        excess = invoice.cleared - invoice.refunded - total
        return (Kind.REFUND, excess) if excess > 0 else None
    if total > open_:
        return Kind.HOLD, total - open_
    if total < open_ and (total or invoice.clear_operation_id):
        return Kind.VOID, open_ - total
    return (Kind.CLEAR, open_) if invoice.clear_operation_id and open_ else None


def _ended(invoice: Invoice, running: PspTransaction) -> Invoice:
    good = running.kind is not Kind.HOLD or invoice.method_id in GOOD_CARDS
    code = "" if good else DECLINES.get(invoice.method_id, "do_not_honor")
    outcome = Outcome.SUCCESS if good else Outcome.FAIL
    ended = replace(running, outcome=outcome, error_code=code)
    return replace(invoice, transactions=(*invoice.transactions[:-1], ended))


def _over(operation: Operation, invoice: Invoice, at: datetime) -> Operation:
    if operation.status is not OperationStatus.INIT:
        return operation
    status = OperationStatus.FAILED if invoice.error_code else OperationStatus.DONE
    return replace(operation, status=status, finished_at=at, error_code=invoice.error_code)
