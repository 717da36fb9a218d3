"""Invoices of the transactions service, and what they do to a deposit (SPEC B.1). No IO."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from scooters_payments.model import Deposit, Status

FIRST_VERSION: Final = 1
# Statuses of an invoice that holds nothing and never will.
NOTHING_HELD: Final = frozenset({"cancelled", "hold_failed"})


@dataclass(frozen=True, slots=True)
class Invoice:
    """The transactions service's view, as far as we decide on it. Amounts in minor units.

    `total` is the basket's; `operations` the status of each accepted call, by its id;
    `hold_began_at` and `held_at` are when the processor took the hold up, and when it had it.
    """

    invoice_id: str
    version: int
    status: str
    held: int
    cleared: int
    total: int
    error_code: str = ""
    operations: Mapping[str, str] = field(default_factory=dict)
    hold_began_at: datetime | None = None
    held_at: datetime | None = None

    @property
    def leaks(self) -> bool:
        """It says that it is over, and holds money all the same."""
        return self.status in NOTHING_HELD and self.held > 0


def update_id(invoice_id: str, version: int) -> str:
    """Of the call that sets what a deposit holds; the same at every repeat (R3)."""
    return f"{invoice_id}-u{version}"


def release_id(invoice_id: str, version: int) -> str:
    """Of the call that empties the basket, as that version."""
    return f"{invoice_id}-z{version}"


def disagrees(deposit: Deposit, invoice: Invoice) -> bool:
    """The invoice moved money that is not the deposit's: nobody may act on it unseen (C8)."""
    if invoice.cleared or invoice.leaks:
        return True
    settled = invoice.status == "held" and invoice.version == deposit.invoice_version
    awaited = {Status.HOLDING: deposit.wanted, Status.HELD: deposit.held}
    return settled and invoice.held != awaited.get(deposit.status, invoice.held)


def applied(deposit: Deposit, invoice: Invoice, now: datetime) -> Deposit | None:
    """The deposit after what the invoice says; None when it says nothing new (R7).

    The only place where an invoice becomes a deposit's status; the releases look for themselves.
    """
    if invoice.version < deposit.invoice_version or disagrees(deposit, invoice):
        return None
    match deposit.status, invoice.status:
        case Status.HOLDING, "held":
            return deposit.moved(now, Status.HELD, held=invoice.held, held_at=now)
        case Status.HOLDING, "hold_failed":
            code = invoice.error_code or "technical_error"
            return deposit.moved(now, Status.FAILED, failure_code=code)
        case Status.RESIZING, "held":
            return _resized(deposit, invoice, now)
        case ((Status.HELD | Status.RESIZING), ("cancelled" | "hold_failed")):
            return deposit.moved(now, Status.HOLD_EXPIRED, held=0)
    return None


def _resized(deposit: Deposit, invoice: Invoice, now: datetime) -> Deposit | None:
    """Held as wanted; or, when the bank would not, as before."""
    asked = update_id(deposit.invoice_id, deposit.invoice_version)
    match invoice.operations.get(asked):
        case "done" if invoice.held == deposit.wanted:
            return deposit.moved(now, Status.HELD, held=invoice.held)
        case "failed" if invoice.held == deposit.held:
            return deposit.moved(now, Status.HELD, wanted=deposit.held)
    return None


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the milliseconds of an authorisation went (SD-24); they add up to `total`."""

    total: int
    queue: int
    engine: int
    processor: int

    @classmethod
    def of(cls, deposit: Deposit, invoice: Invoice, known_at: datetime) -> "Parts":
        """`queue` is our own: until the engine was called, and until we heard of the end.

        The engine's moments are by its clock, so each part is kept within those before it. Of a
        failed hold the end is not told: the processor has it until we know.
        """
        sent = max(deposit.sent_at or known_at, deposit.started_at)
        began = _within(invoice.hold_began_at, sent, known_at)
        ended = _within(invoice.held_at, began, known_at)
        total, processor = _ms(deposit.started_at, known_at), _ms(began, ended)
        engine = _ms(sent, began)
        return cls(total, total - engine - processor, engine, processor)


def _within(moment: datetime | None, least: datetime, most: datetime) -> datetime:
    return min(max(moment or most, least), most)


def _ms(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds() * 1000)
