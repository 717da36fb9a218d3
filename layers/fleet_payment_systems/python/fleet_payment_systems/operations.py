"""What a payment system asks of us and what we answer, whatever its protocol (SPEC A.6.2)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from fleet_payment_systems.model import Accepted, Transaction
from shared.money import Money
from shared.secret import Secret


@dataclass(frozen=True, slots=True)
class Check:
    """May `account` receive a payment, of `amount` if it is told? Changes nothing."""

    account: str
    amount: Money | None = None
    txn: str = ""


@dataclass(frozen=True, slots=True)
class Pay:
    """Credit `account`. `txn` is the payment system's own number: an opaque text (PC4).

    One that only `registers` is decided now and credited when a Confirm comes.
    """

    txn: str
    account: str
    amount: Money
    provider_time: datetime | None = None
    registers: bool = False


@dataclass(frozen=True, slots=True)
class Confirm:
    """Credit the payment that was registered as our number `tx_id`."""

    tx_id: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back the payment that was registered as our number `tx_id`."""

    tx_id: str


@dataclass(frozen=True, slots=True)
class Query:
    """What became of payment `txn`?"""

    txn: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Take payment `txn` back. `account` and `amount` are compared with it when they are told."""

    txn: str
    account: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """The successful payments whose provider time lies in [since, until]."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """The payment system wants to log in with `password` from now on."""

    password: Secret


@dataclass(frozen=True, slots=True)
class News:
    """Bill `txn` is said to be paid. What is believed is only that it is worth a look."""

    txn: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Ping:
    """A message that we have no use for, and that wants to be answered."""


Operation = (
    Check | Pay | Confirm | Withdraw | Query | Cancel | Statement | ChangePassword | News | Ping
)


class Result(StrEnum):
    """Our answer; each adapter has one table from it to its protocol's codes (FX-18)."""

    OK = "ok"
    DUPLICATE = "duplicate"
    """Pay of a transaction that was accepted before, alike: carries the first transaction."""
    IN_PROGRESS = "in_progress"
    TEMPORARY_ERROR = "temporary_error"
    BAD_REQUEST = "bad_request"
    UNKNOWN_OPERATION = "unknown_operation"
    AUTH_FAILED = "auth_failed"
    """Bad link, login, signature or address: one refusal (SPEC 0.3, 23)."""
    ACCOUNT_FORMAT = "account_format"
    ACCOUNT_NOT_FOUND = "account_not_found"
    ACCOUNT_BLOCKED = "account_blocked"
    AMOUNT_INVALID = "amount_invalid"
    AMOUNT_TOO_SMALL = "amount_too_small"
    AMOUNT_TOO_LARGE = "amount_too_large"
    PAYMENT_FORBIDDEN = "payment_forbidden"
    DUPLICATE_CONFLICT = "duplicate_conflict"
    """A known transaction number with another account or amount: never a credit (PC3)."""
    TXN_NOT_FOUND = "txn_not_found"
    ALREADY_CANCELLED = "already_cancelled"
    CANCEL_FORBIDDEN = "cancel_forbidden"
    PASSWORD_WEAK = "password_weak"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`transaction` is set when one exists; `name` is the driver's, masked ("Ivan P.").

    `at` is when it was confirmed or withdrawn, where that was asked for. `detail` is an adapter's
    own finer word for why it refused to decode a request.
    """

    result: Result
    detail: str = ""
    name: str = ""
    balance: Money | None = None
    transaction: Accepted | None = None
    at: datetime | None = None
    statement: tuple[Transaction, ...] = field(default=())
