"""The rules of versioned invoices (SPEC B.1), without IO and without timers.

What happens next follows from the desired basket and the movements so far, so the state at any
moment is `advance(invoice, moment)`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sandbox.cards import THREE_DS_LIFE
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
from shared.errors import AppError, Conflict, Refused
from shared.money import Money

# Test token (SPEC B.14): a basket whose total ends so breaks the update before any effect.
_BREAKING_TOTAL: Final = ".13"
_UPDATABLE: Final = frozenset({Status.INIT, Status.HOLDING, Status.HELD, Status.CLEARED})


def advance(invoice: Invoice, now: datetime) -> Invoice:
    """The invoice as it is at `now`: due movements have ended, each was followed by the next."""
    while (running := invoice.running) is not None and running.due_at <= now:
        invoice = _planned(_ended(invoice, running), running.due_at)
    return invoice


def update(invoice: Invoice, wish: Update, now: datetime) -> Invoice:
    """The invoice with a new desired basket; of an invoice already advanced to `now`.

    An update whose operation is known changes nothing, unless it is the newest and its refund
    failed: then it is tried again. Raises Conflict: operation_conflict, version_conflict,
    update_not_allowed; Refused: amount_increase_not_supported, zero_amount;
    AppError technical_error (500) for the total of the test token.
    """
    known = invoice.operation(wish.operation_id)
    if known is not None:
        same = _repeated(invoice, known, wish.digest)
        again = known.status is OperationStatus.FAILED and known.version == invoice.version
        if not again or invoice.status is not Status.CLEARED:
            return same
        return _accepted(invoice, wish.operation_id, wish.digest, now)
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
    if str(Money(after.total, after.currency)).endswith(_BREAKING_TOTAL):
        raise AppError("technical_error")
    return _accepted(after, wish.operation_id, wish.digest, now)


def clear(invoice: Invoice, operation_id: str, now: datetime) -> Invoice:
    """The invoice told to take its basket's money, or to release the hold of an empty one.

    A repeat changes nothing, unless that clear failed and the money is held again: then it is
    tried again, under the same operation or another. Raises Conflict not_held, operation_conflict.
    """
    known, status = invoice.operation(operation_id), invoice.status
    if known is not None:
        same = _repeated(invoice, known, "clear")
        if known.status is not OperationStatus.FAILED or status is not Status.HELD:
            return same
    cancels_early = status is Status.HOLDING and not invoice.total
    if invoice.clear_operation_id or not (status is Status.HELD or cancels_early):
        raise Conflict("not_held", status=status.value)
    asked = replace(invoice, clear_operation_id=operation_id)
    return _accepted(asked, operation_id, "clear", now)


def confirm_3ds(invoice: Invoice, now: datetime) -> Invoice:
    """The invoice whose hold goes on, as the guest has confirmed it; a repeat changes nothing.

    Raises Conflict confirmation_not_awaited.
    """
    if invoice.three_ds_confirmed:
        return invoice
    running = invoice.running
    if running is None or not invoice.awaits_guest:
        raise Conflict("confirmation_not_awaited", status=invoice.status.value)
    going_on = replace(running, due_at=now + timedelta(milliseconds=invoice.delay_ms))
    transactions = (*invoice.transactions[:-1], going_on)
    return replace(invoice, transactions=transactions, three_ds_confirmed=True)


def newly_certain(before: Invoice, after: Invoice) -> list[Operation]:
    """Operations of `after` whose end follows from it, while `before` did not tell it yet.

    As long as a guest may confirm or not, nothing is certain.
    """
    if after.awaits_guest:
        return []
    open_ = [each for each in before.operations if each.status is OperationStatus.INIT]
    told = {(each.operation_id, each.tries) for each in before.operations}
    if before.awaits_guest:
        told -= {(each.operation_id, each.tries) for each in open_}
    return [each for each in after.operations if (each.operation_id, each.tries) not in told]


def finished(invoice: Invoice, operation_id: str) -> Operation:
    """The operation as it will have ended, if nobody calls again: the future follows from today."""
    found = advance(invoice, datetime.max.replace(tzinfo=invoice.created_at.tzinfo))
    operation = found.operation(operation_id)
    if operation is None:
        raise LookupError("an operation that was never accepted")
    return operation


def event_of(invoice: Invoice, operation: Operation) -> str:
    """The name under which the end of an operation just accepted is told to the originator.

    `operation` is as it will have ended: only money that was taken is called cleared.
    """
    if operation.operation_id == invoice.clear_operation_id:
        cleared = invoice.total and operation.status is OperationStatus.DONE
        return "transaction_cleared" if cleared else "operation_finished"
    return "refund_finished" if invoice.status is Status.REFUNDING else "operation_finished"


def _repeated(invoice: Invoice, known: Operation, digest: str) -> Invoice:
    if known.digest != digest:
        raise Conflict("operation_conflict", operation_id=known.operation_id)
    return invoice


def _accepted(invoice: Invoice, operation_id: str, digest: str, now: datetime) -> Invoice:
    failed = invoice.operation(operation_id)
    tries = failed.tries + 1 if failed else 1
    operation = Operation(operation_id, invoice.version, digest, tries)
    others = (each for each in invoice.operations if each is not failed)
    return _planned(replace(invoice, operations=(*others, operation)), now)


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
        due_at=at + _duration(invoice, kind),
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
        asked = any(each.status is OperationStatus.INIT for each in invoice.operations)
        return (Kind.REFUND, excess) if excess > 0 and asked else None
    if total > open_:
        return Kind.HOLD, total - open_
    if total < open_ and (total or invoice.clear_operation_id):
        return Kind.VOID, open_ - total
    return (Kind.CLEAR, open_) if invoice.clear_operation_id and open_ else None


def _duration(invoice: Invoice, kind: Kind) -> timedelta:
    usual = timedelta(milliseconds=invoice.delay_ms)
    if kind is not Kind.HOLD:
        return usual
    if invoice.card.three_ds and not invoice.three_ds_confirmed:
        return THREE_DS_LIFE
    return usual if invoice.card.hold_s is None else timedelta(seconds=invoice.card.hold_s)


def _ended(invoice: Invoice, running: PspTransaction) -> Invoice:
    code = _problem(invoice, running.kind)
    ended = replace(running, outcome=Outcome.FAIL if code else Outcome.SUCCESS, error_code=code)
    after = replace(invoice, transactions=(*invoice.transactions[:-1], ended))
    if code and ended.kind is Kind.CLEAR:
        return replace(_failed(after, ended), clear_operation_id="")
    return _failed(after, ended) if code and ended.kind is Kind.REFUND else after


def _problem(invoice: Invoice, kind: Kind) -> str:
    """Why the movement that ends now fails; empty when it does not."""
    if kind is Kind.HOLD:
        return "three_ds_failed" if invoice.awaits_guest else invoice.card.decline
    if kind is Kind.CLEAR:
        clears = sum(each.kind is Kind.CLEAR for each in invoice.transactions)
        return "technical_error" if clears <= invoice.card.failing_clears else ""
    refunds = sum(each.kind is Kind.REFUND for each in invoice.transactions)
    return "technical_error" if 0 < refunds <= invoice.card.failing_refunds else ""


def _failed(invoice: Invoice, failed: PspTransaction) -> Invoice:
    """The invoice after a clear or a refund that moved nothing: nobody asks for it any more."""
    operations = tuple(
        replace(
            each,
            status=OperationStatus.FAILED,
            finished_at=failed.due_at,
            error_code=failed.error_code,
        )
        if each.operation_id == failed.operation_id
        else each
        for each in invoice.operations
    )
    return replace(invoice, operations=operations)


def _over(operation: Operation, invoice: Invoice, at: datetime) -> Operation:
    if operation.status is not OperationStatus.INIT:
        return operation
    status = OperationStatus.FAILED if invoice.error_code else OperationStatus.DONE
    return replace(operation, status=status, finished_at=at, error_code=invoice.error_code)
