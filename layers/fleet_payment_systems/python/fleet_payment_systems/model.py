"""Wallets, links, transactions and payment systems of taxi parks. No IO."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from shared.money import Money
from shared.secret import Secret

# 26 characters when it is made here; a wallet of the old service keeps the id it had (FP-46).
WALLET_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)


class State(StrEnum):
    """The three states that everybody sees (FP-27)."""

    ACCEPTED = "accepted"
    PROCESSED = "processed"
    REJECTED = "rejected"


class Step(StrEnum):
    """sub_state: how far an accepted transaction is, or why it ended as it did.

    It begins as queued, or as registered where a confirm has to come.
    """

    REGISTERED = "registered"
    """A payment in two phases: its credit waits for the payment system's confirm."""
    ISSUING = "issuing"
    """A driver's bill has its number; whether the payment system knows it is not known."""
    ISSUED = "issued"
    """The driver may pay the bill."""
    QUEUED = "queued"
    """The obligation is committed; it may still be cancelled."""
    CREDITING = "crediting"
    """A call to billing may have been made: no way back but a reversal (PC23)."""
    DONE = "done"
    CANCELLED = "cancelled"
    SUSPENSE = "suspense"
    """Billing refused for good after a success answer: the park's suspense account (22-24)."""
    DECLINED = "declined"
    """The payment system refused the bill, or ended it unpaid."""
    TIMEOUT = "timeout"
    """Its time was over: no confirm came, or its bill was not seen paid; see `replaces`."""


MOVES: Final[Mapping[Step, frozenset[Step]]] = {
    Step.REGISTERED: frozenset({Step.QUEUED, Step.CANCELLED, Step.TIMEOUT}),
    Step.ISSUING: frozenset({Step.ISSUED, Step.QUEUED, Step.DECLINED, Step.TIMEOUT}),
    Step.ISSUED: frozenset({Step.QUEUED, Step.DECLINED, Step.TIMEOUT}),
    Step.QUEUED: frozenset({Step.CREDITING, Step.CANCELLED}),
    Step.CREDITING: frozenset({Step.DONE, Step.SUSPENSE}),
    Step.DONE: frozenset(),
    Step.CANCELLED: frozenset(),
    Step.SUSPENSE: frozenset(),
    Step.DECLINED: frozenset(),
    Step.TIMEOUT: frozenset(),
}
# What may move is accepted, what has ended rejected, but for what is done.
STATE_OF: Final[Mapping[Step, State]] = {
    **{step: State.ACCEPTED if MOVES[step] else State.REJECTED for step in Step},
    Step.DONE: State.PROCESSED,
}


class Direction(StrEnum):
    """Who began: the payment system's callback, the driver's own bill, or a provider's cancel."""

    CALLBACK = "callback"
    DRIVER_BILL = "driver_bill"
    REVERSAL = "reversal"


class DriverLookup(StrEnum):
    """What the payer types at a terminal (FP-41)."""

    PAY_CODE = "pay_code"
    PHONE = "phone"
    LICENSE = "license"
    CALLSIGN = "callsign"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A payment as answers tell of it: the claim of its number keeps just this (PC20)."""

    tx_id: str
    account: str
    amount: Money
    created_at: datetime
    provider_time: datetime | None
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Transaction:
    """One credit of a driver's balance, or its reversal.

    `tx_id` is ours: a decimal of at most 19 digits (protocols want a signed 64-bit number) that
    grows with time. `txn` is the payment system's. `commission` is what the park withholds.

    Of a driver's bill `txn` is the bill's number, `account` the payer's phone or e-mail, `pay_url`
    where he pays if the system has a page. Paid late it is rejected, and another one `replaces` it.
    """

    tx_id: str
    park_id: str
    wallet_id: str
    system: str
    direction: Direction
    txn: str
    driver_id: str
    account: str
    amount: Money
    commission: Money
    step: Step
    version: int
    created_at: datetime
    updated_at: datetime
    provider_time: datetime | None = None
    reason: str = ""
    billing_done_at: datetime | None = None
    commission_done_at: datetime | None = None
    fleet_tx_id: str = ""
    reverses: str = ""
    reversed_by: str = ""
    confirmed_at: datetime | None = None
    pay_url: str = ""
    expires_at: datetime | None = None
    replaces: str = ""
    replaced_by: str = ""

    @property
    def state(self) -> State:
        return STATE_OF[self.step]

    @property
    def sign(self) -> int:
        """1 for what the driver gets, -1 for what is taken back."""
        return -1 if self.direction == Direction.REVERSAL else 1

    @property
    def cancelled(self) -> bool:
        """Whether the payment system has its money back, or has never given it."""
        return self.step in {Step.CANCELLED, Step.TIMEOUT} or bool(self.reversed_by)

    @property
    def accepted(self) -> Accepted:
        return Accepted(
            self.tx_id,
            self.account,
            self.amount,
            self.created_at,
            self.provider_time,
            self.cancelled,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question to a park's transactions: those made in [since, until); "" is any (FP-05)."""

    park_id: str
    since: datetime
    until: datetime
    system: str = ""
    wallet_id: str = ""
    driver_id: str = ""
    state: str = ""

    @property
    def filtered(self) -> bool:
        """Whether rows of the right time and driver may yet be unwanted."""
        return bool(self.system or self.wallet_id or self.state)

    def takes(self, one: Transaction) -> bool:
        """Whether `one`, of the park and of the time, passes the other filters."""
        told = (self.system, self.wallet_id, self.driver_id, self.state)
        has = (one.system, one.wallet_id, one.driver_id, one.state.value)
        return all(wish in ("", value) for wish, value in zip(told, has, strict=True))


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one payment and of a wallet's day (the park's local one); None is no bound."""

    minimum: Money | None = None
    maximum: Money | None = None
    daily: Money | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A secret callback link: what is kept of it (B.12). Active from creation to its end.

    `hashed`: the digest is of the text's SHA-256, all that the old service has of its links.
    """

    link_id: str
    shown: str
    pepper_id: str
    digest: str
    created_at: datetime
    not_after: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    hashed: bool = False

    def active(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.not_after is None or now < self.not_after)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ciphertexts of the credentials before a rotation: good until the other side has the new."""

    credentials: Mapping[str, str]
    until: datetime


@dataclass(frozen=True, slots=True)
class Wallet:
    """One park's account in one payment system. `credentials` are ciphertexts by field.

    `stopped` says how an operator stopped it, over the park's head: "wallet", "park", "system", or
    "" when nobody did. It is not enabled then; `resumes`: it was, and will be again.
    `old_mark` says of which content of the old store it is a copy; "" of none.
    """

    wallet_id: str
    park_id: str
    system: str
    profile: str
    title: str
    enabled: bool
    currency: str
    timezone: str
    limits: Limits
    commission_rate: Decimal
    driver_lookup: DriverLookup
    allow_reversal: bool
    show_balance: bool
    settings: Mapping[str, str]
    credentials: Mapping[str, str]
    ip_allowlist: tuple[str, ...]
    notify_emails: tuple[str, ...]
    links: tuple[Link, ...]
    rev: int
    created_at: datetime
    updated_at: datetime
    token_expires_at: datetime | None = None
    deleted_at: datetime | None = None
    stopped: str = ""
    resumes: bool = False
    overlap: Overlap | None = None
    old_mark: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """A person of one park's dispatchers, as a backend that we believe names them (FP-45).

    `user_id` may be "" where nothing is changed; `caller` is that backend's ARN.
    """

    park_id: str
    user_id: str
    caller: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a dispatcher wants of a wallet; what is not named stays as it is.

    `terms` are attributes of Wallet, `limits` decimal texts by name of Limits, `fields` values by
    name of the system's fields; None takes a limit or a value away.
    """

    terms: Mapping[str, object]
    limits: Mapping[str, str | None]
    fields: Mapping[str, Secret | None]
