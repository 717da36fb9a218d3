"""Purchases of drivers at cash desks, their refunds, and who may ask for them. No IO.

No money is decided here (CM-02): a purchase is what contractor-merch-payments says of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from shared.money import Money


class State(StrEnum):
    """What a cash desk sees (decision 27)."""

    NEW = "NEW"
    """The intent is committed; whether the payment exists is not known yet."""
    WAITING = "WAITING"
    """The driver must accept."""
    PAID = "PAID"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    REVERSED = "REVERSED"


MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.NEW: frozenset(
        {State.WAITING, State.PAID, State.DECLINED, State.EXPIRED, State.REVERSED}
    ),
    State.WAITING: frozenset({State.PAID, State.DECLINED, State.EXPIRED, State.REVERSED}),
    State.PAID: frozenset({State.PARTIALLY_REFUNDED, State.REFUNDED, State.REVERSED}),
    State.PARTIALLY_REFUNDED: frozenset({State.REFUNDED}),
    State.REFUNDED: frozenset(),
    State.DECLINED: frozenset(),
    State.EXPIRED: frozenset(),
    State.REVERSED: frozenset(),
}
UNDECIDED: Final = frozenset({State.NEW, State.WAITING})
REFUNDABLE: Final = frozenset({State.PAID, State.PARTIALLY_REFUNDED})
REVERSE_WITHIN: Final = timedelta(hours=24)


class Wish(StrEnum):
    """What must become of a purchase whatever it turns out to be; kept until it is so (PU6)."""

    NONE = "none"
    REVERSE = "reverse"
    EXPIRE = "expire"


class RefundState(StrEnum):
    PROCESSING = "PROCESSING"
    DONE = "DONE"
    FAILED = "FAILED"


class Standing(StrEnum):
    """What contractor-merch-payments says of a payment (B.13)."""

    APPROVED = "approved"
    PENDING = "pending_acceptance"
    DECLINED = "declined"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a payment. `reason` is its decline code; a refused one has no `payment_id`."""

    standing: Standing
    payment_id: str = ""
    reason: str = ""


TIMED_OUT: Final = "acceptance_timeout"


@dataclass(frozen=True, slots=True)
class Purchase:
    """One payment at a cash desk. `trn` is the aggregator's number of it, `ya_transaction_id` ours.

    `qr` is the driver's code, kept until the payment's id is known: only with it may the same
    request be repeated. `content` identifies the authorize request. `reserved` is what refunds
    that run have taken of the amount.
    """

    ya_transaction_id: str
    aggregator: str
    trn: str
    client_id: str
    merchant_id: str
    merchant_name: str
    terminal_id: str
    description: str
    amount: Money
    refunded: Money
    reserved: Money
    qr: str
    content: str
    state: State
    wish: Wish
    version: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    payment_id: str = ""
    reason: str = ""
    paid_at: datetime | None = None

    @property
    def key(self) -> str:
        """The idempotency key of its payment (B.13)."""
        return f"{self.aggregator}:{self.trn}"

    @property
    def rest(self) -> Money:
        """What may still be refunded."""
        return self.amount - self.refunded - self.reserved

    @property
    def open(self) -> bool:
        """Whether somebody must look at it again: it has a task."""
        return self.state in UNDECIDED or self.wish is not Wish.NONE

    def moved(self, now: datetime, **changes: Any) -> Self:
        """The next version. Raises ValueError for a move that is none of MOVES."""
        to = changes.get("state", self.state)
        if to is not self.state and to not in MOVES[self.state]:
            raise ValueError(f"{self.state} to {to}")
        return replace(self, version=self.version + 1, updated_at=now, **changes)

    def told(self, seen: Seen, now: datetime) -> Self:
        """What it becomes by a look at its payment; itself when that is nothing new.

        A wish is fulfilled by what is cancelled or was never paid; while it is not, the payment
        may stand as it likes and nobody hears of it.
        """
        state = self._state_by(seen)
        if state is self.state and seen.payment_id in ("", self.payment_id):
            return self
        closed = state not in UNDECIDED and state is not self.state
        return self.moved(
            now,
            state=state,
            wish=Wish.NONE if closed else self.wish,
            payment_id=seen.payment_id or self.payment_id,
            qr="" if seen.payment_id or closed else self.qr,
            reason=seen.reason or self.reason,
            paid_at=now if closed and state is State.PAID else self.paid_at,
        )

    def _state_by(self, seen: Seen) -> State:
        match seen.standing:
            case Standing.CANCELLED:
                return State.EXPIRED if self.wish is Wish.EXPIRE else State.REVERSED
            case Standing.DECLINED if self.wish is Wish.REVERSE:
                return State.REVERSED
            case Standing.DECLINED:
                return State.EXPIRED if seen.reason == TIMED_OUT else State.DECLINED
            case Standing.APPROVED if self.wish is Wish.NONE:
                return State.PAID
            case Standing.PENDING if self.state is State.NEW and self.wish is Wish.NONE:
                return State.WAITING
        return self.state


@dataclass(frozen=True, slots=True)
class Refund:
    """A part of a purchase that goes back; `refund_trn` is the desk's own number of it."""

    ya_transaction_id: str
    refund_trn: str
    amount: Money
    state: RefundState
    created_at: datetime
    reason: str = ""

    @property
    def refund_id(self) -> str:
        """Its id at contractor-merch-payments: a repeat is the same refund."""
        return f"{self.ya_transaction_id}-{self.refund_trn}"


@dataclass(frozen=True, slots=True)
class ClientKey:
    """One secret of a client, as a ciphertext; two are alive while it is rotated."""

    key_id: str
    sealed: str
    created_at: datetime
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """A processing centre that may call as `aggregator`; no addresses allow every one."""

    client_id: str
    aggregator: str
    title: str
    enabled: bool
    ip_allowlist: tuple[str, ...]
    keys: tuple[ClientKey, ...]
    rev: int
    created_at: datetime
