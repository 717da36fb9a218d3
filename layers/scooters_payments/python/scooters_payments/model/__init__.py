"""A deposit and what may become of it (SPEC A.8). No IO."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from shared.errors import Conflict
from shared.money import Money


class Status(StrEnum):
    """Where the rider's money is; abandoned, skipped and finished hold nothing of his."""

    SKIPPED = "skipped"
    CREATED = "created"
    HOLDING = "holding"
    HELD = "held"
    RESIZING = "resizing"
    FAILED = "failed"
    ABANDONED = "abandoned"
    HOLD_EXPIRED = "hold_expired"
    RELEASING = "releasing"
    RELEASE_FAILED = "release_failed"
    RELEASED = "released"
    FINISHED = "finished"


# Each status and what may follow it; a status that leads nowhere is final (R7).
MOVES: Final[Mapping[Status, frozenset[Status]]] = {
    Status.CREATED: frozenset({Status.HOLDING, Status.ABANDONED, Status.RELEASING}),
    Status.HOLDING: frozenset({Status.HELD, Status.FAILED, Status.RELEASING}),
    Status.HELD: frozenset({Status.RESIZING, Status.HOLD_EXPIRED, Status.RELEASING}),
    Status.RESIZING: frozenset({Status.HELD, Status.HOLD_EXPIRED, Status.RELEASING}),
    Status.FAILED: frozenset({Status.CREATED, Status.FINISHED}),
    Status.HOLD_EXPIRED: frozenset({Status.RELEASING}),
    Status.RELEASING: frozenset({Status.RELEASED, Status.RELEASE_FAILED}),
    Status.RELEASE_FAILED: frozenset({Status.RELEASED}),
    Status.SKIPPED: frozenset(),
    Status.ABANDONED: frozenset(),
    Status.RELEASED: frozenset(),
    Status.FINISHED: frozenset(),
}
# Money may be held, or be about to be, and nobody has asked for it back.
OPEN: Final = frozenset(
    {Status.CREATED, Status.HOLDING, Status.HELD, Status.RESIZING, Status.HOLD_EXPIRED}
)
RETURNING: Final = frozenset({Status.RELEASING, Status.RELEASE_FAILED})
# What a bank says of its client (B.1); any other code may be a fault of ours, never a 402.
DECLINES: Final = frozenset(
    {
        *("insufficient_funds", "card_blocked", "do_not_honor", "limit_exceeded"),
        *("expired_card", "three_ds_failed", "fraud_suspected"),
    }
)


class Ended(StrEnum):
    """Why a deposit is asked back."""

    RIDE_FINISHED = "ride_finished"
    RIDE_PAID = "ride_paid"
    BOOKING_CANCELLED = "booking_cancelled"
    SUPPORT = "support"
    RETURNED = "returned"
    LEFT_OPEN = "left_open"


class ReleaseAfter(StrEnum):
    """When the money goes back after a ride (SD-26)."""

    RIDE_END = "ride_end"
    RIDE_PAID = "ride_paid"


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    kind: str
    method_id: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A valid request to take a deposit; `amount` may be zero."""

    session_id: str
    user_id: str
    offer_id: str
    amount: Money
    method: PaymentMethod
    city: str = ""


@dataclass(frozen=True, slots=True)
class Deposit:
    """The state of a session's deposit; amounts in minor units, `rev` is the row's revision.

    `started_at` is when the attempt's start was accepted, `sent_at` when its worker began to call
    the engine; `engine_error`: its last answer was none. `amount` is what the start asked for,
    `wanted` what `invoice_version` shall hold; `ended_by` is the first reason to give it back. A
    session of which we know only that it ended, or that its ride began, has no rider and no money.
    """

    session_id: str
    status: Status
    created_at: datetime
    updated_at: datetime
    started_at: datetime
    rev: int = 1
    user_id: str = ""
    offer_id: str = ""
    city: str = ""
    amount: int = 0
    wanted: int = 0
    currency: str = ""
    method: PaymentMethod | None = None
    attempt: int = 0
    invoice_version: int = 0
    held: int = 0
    engine_error: str = ""
    failure_code: str = ""
    skip_reason: str = ""
    ended_by: str = ""
    sent_at: datetime | None = None
    held_at: datetime | None = None
    released_at: datetime | None = None

    @property
    def invoice_id(self) -> str:
        """Of the current attempt; a new attempt never touches an old invoice (decision 29)."""
        return f"{self.session_id}-{self.attempt}"

    @property
    def money(self) -> Money:
        """What is held, or shall be."""
        return Money(self.wanted, self.currency)

    @property
    def declined(self) -> bool:
        """A bank's definite no, and nothing else (SD-23)."""
        return self.status is Status.FAILED and self.failure_code in DECLINES

    def wants(self, invoice_id: str) -> bool:
        """Whether what this invoice holds is this deposit, and not to be given back."""
        return invoice_id == self.invoice_id and self.status in OPEN

    def age_s(self, now: datetime) -> float:
        return (now - self.started_at).total_seconds()

    def asks_same(self, wish: Wish) -> bool:
        """Whether the wish is this deposit's own; with what it is to be paid is another matter."""
        ours = (self.user_id, self.offer_id, self.city, self.amount, self.currency)
        amount = wish.amount
        return ours == (wish.user_id, wish.offer_id, wish.city, amount.minor, amount.currency)

    def moved(self, now: datetime, to: Status | None = None, **changes: Any) -> Self:
        """The next state. Raises invalid_transition for a move that the table does not have."""
        if to is not None and to not in MOVES[self.status]:
            raise Conflict("invalid_transition", status=self.status.value)
        return replace(self, status=to or self.status, rev=self.rev + 1, updated_at=now, **changes)


def invoice_session(invoice_id: str) -> str:
    """The session whose attempt the invoice is: `<session>-<attempt>`."""
    return invoice_id.rpartition("-")[0]
