"""Versioned invoices (SPEC B.1) as data.

Three levels stay apart: a PspTransaction is one movement at the payment provider, an Operation is
one accepted call (update or clear), an Invoice sums them up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sandbox.cards import Card, card_of

_HOLD_LIFE: Final = timedelta(days=7)


class Status(StrEnum):
    """Of an invoice."""

    INIT = "init"
    HOLDING = "holding"
    HELD = "held"
    HOLD_FAILED = "hold_failed"
    CLEARING = "clearing"
    CLEARED = "cleared"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class Kind(StrEnum):
    """Of a movement at the payment provider."""

    HOLD = "hold"
    CLEAR = "clear"
    VOID = "void"
    REFUND = "refund"


class Outcome(StrEnum):
    """Of a movement; with its kind it reads `hold_init`, `hold_success`, `hold_fail`."""

    INIT = "init"
    SUCCESS = "success"
    FAIL = "fail"


class OperationStatus(StrEnum):
    INIT = "init"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the basket; `amount` is the price of the whole line in minor units."""

    item_id: str
    title: str
    amount: int
    quantity: str
    vat: str
    product_code: str = ""


@dataclass(frozen=True, slots=True)
class PspTransaction:
    """One movement, which ends at `due_at`."""

    transaction_id: str
    kind: Kind
    amount: int
    operation_id: str
    created_at: datetime
    due_at: datetime
    outcome: Outcome = Outcome.INIT
    error_code: str = ""

    @property
    def status(self) -> str:
        return f"{self.kind}_{self.outcome}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One accepted call; `version` is the invoice's when it was accepted.

    A failed clear may be accepted again under its own id: then `tries` is one more.
    """

    operation_id: str
    version: int
    digest: str
    tries: int = 1
    status: OperationStatus = OperationStatus.INIT
    finished_at: datetime | None = None
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """A wish: hold or keep exactly these items, as version `version`."""

    operation_id: str
    version: int
    items: tuple[Item, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """`rev` is the stored row's revision, `version` the basket's. Amounts are minor units."""

    invoice_id: str
    originator: str
    currency: str
    method_type: str
    method_id: str
    digest: str
    created_at: datetime
    delay_ms: int
    version: int = 0
    rev: int = 1
    items: tuple[Item, ...] = ()
    operations: tuple[Operation, ...] = ()
    transactions: tuple[PspTransaction, ...] = ()
    clear_operation_id: str = ""
    three_ds_confirmed: bool = False

    @property
    def card(self) -> Card:
        return card_of(self.method_id)

    @property
    def total(self) -> int:
        """What the basket costs: the amount to hold, to clear or to keep after refunds."""
        return sum(item.amount for item in self.items)

    def moved(self, kind: Kind) -> int:
        """The sum of the movements of `kind` that succeeded."""
        return sum(each.amount for each in self._succeeded(kind))

    @property
    def open(self) -> int:
        """P of H = C + V + P: authorised, and neither captured nor released yet."""
        return self.moved(Kind.HOLD) - self.moved(Kind.CLEAR) - self.moved(Kind.VOID)

    @property
    def held(self) -> int:
        """What the hold amounts to after partial voids; a clear does not lower it."""
        return self.moved(Kind.HOLD) - self.moved(Kind.VOID)

    @property
    def cleared(self) -> int:
        return self.moved(Kind.CLEAR)

    @property
    def refunded(self) -> int:
        return self.moved(Kind.REFUND)

    @property
    def held_at(self) -> datetime | None:
        return next((each.due_at for each in self._succeeded(Kind.HOLD)), None)

    @property
    def cleared_at(self) -> datetime | None:
        return next((each.due_at for each in self._succeeded(Kind.CLEAR)), None)

    @property
    def auth_expires_at(self) -> datetime | None:
        return self.held_at + _HOLD_LIFE if self.held_at else None

    @property
    def running(self) -> PspTransaction | None:
        """The movement under way; there is at most one, the last."""
        last = self.transactions[-1] if self.transactions else None
        return last if last is not None and last.outcome is Outcome.INIT else None

    @property
    def awaits_guest(self) -> bool:
        """The hold waits for the guest to confirm at the bank's page, or for that to expire."""
        held_up = self.card.three_ds and not self.three_ds_confirmed
        return held_up and self.running is not None and self.running.kind is Kind.HOLD

    @property
    def error_code(self) -> str:
        """Why the hold failed, or empty. A failed clear is no end: the money is still held."""
        holds = (each for each in self.transactions if each.kind is Kind.HOLD)
        return next((each.error_code for each in holds if each.error_code), "")

    @property
    def status(self) -> Status:
        if self.error_code:
            return Status.HOLD_FAILED
        if not self.version:
            return Status.INIT
        if not self.moved(Kind.HOLD):
            return Status.HOLDING
        if self.cleared:
            return self._status_after_clear()
        if not self.clear_operation_id:
            return Status.HELD
        return Status.CLEARING if self.open else Status.CANCELLED

    def operation(self, operation_id: str) -> Operation | None:
        found = (each for each in self.operations if each.operation_id == operation_id)
        return next(found, None)

    def _status_after_clear(self) -> Status:
        if self.running is not None:
            return Status.REFUNDING
        return Status.REFUNDED if self.refunded == self.cleared else Status.CLEARED

    def _succeeded(self, kind: Kind) -> list[PspTransaction]:
        wanted = (kind, Outcome.SUCCESS)
        return [each for each in self.transactions if (each.kind, each.outcome) == wanted]
