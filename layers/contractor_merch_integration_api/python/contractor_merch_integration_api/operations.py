"""What a cash desk asks of us and what we answer, whatever its aggregator's protocol."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from contractor_merch_integration_api.model import Purchase, Refund, State, Wish
from shared.money import Money


@dataclass(frozen=True, slots=True)
class Authorize:
    """Charge whoever shows `qr`. `patience` is how long he may think about it."""

    trn: str
    qr: str
    amount: Money
    merchant_id: str
    merchant_name: str
    terminal_id: str
    description: str
    patience: timedelta

    @property
    def content(self) -> str:
        """Identifies the request: a repeat has the same."""
        return sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Status:
    """What became of `trn`? Changes nothing."""

    trn: str


@dataclass(frozen=True, slots=True)
class Reverse:
    """Make `trn` not have happened, even if we have never heard of it."""

    trn: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Refund `amount` of `trn`, once a `refund_trn`."""

    trn: str
    refund_trn: str
    amount: Money


Operation = Authorize | Status | Reverse | GiveBack


class Result(StrEnum):
    """Our answer; each adapter has one table from it to its protocol's codes."""

    OK = "ok"
    WAITING_USER = "waiting_user"
    QR_INVALID = "qr_invalid"
    QR_EXPIRED = "qr_expired"
    QR_USED = "qr_used"
    NOT_ENOUGH_MONEY = "not_enough_money"
    LIMIT = "limit"
    DECLINED_BY_USER = "declined_by_user"
    PAYER_BLOCKED = "payer_blocked"
    TRN_CONFLICT = "trn_conflict"
    TRN_NOT_FOUND = "trn_not_found"
    TRN_REVERSED = "trn_reversed"
    STATE_FORBIDS = "state_forbids"
    REFUND_TOO_LARGE = "refund_too_large"
    REVERSE_TOO_LATE = "reverse_too_late"
    BAD_REQUEST = "bad_request"
    AUTH = "auth"
    SYSTEM_ERROR = "system_error"
    """Unknown: the same request again, or status."""
    UPSTREAM_TIMEOUT = "upstream_timeout"
    """Unknown, too: contractor-merch-payments has not told us."""


# Decline codes of contractor-merch-payments. One that is not here has declined all the same.
DECLINES: Final[Mapping[str, Result]] = {
    "qr_invalid": Result.QR_INVALID,
    "qr_expired": Result.QR_EXPIRED,
    "qr_already_used": Result.QR_USED,
    "insufficient_funds": Result.NOT_ENOUGH_MONEY,
    "limit_exceeded": Result.LIMIT,
    "driver_declined": Result.DECLINED_BY_USER,
    "account_blocked": Result.PAYER_BLOCKED,
    "merchant_blocked": Result.PAYER_BLOCKED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`trn` was reversed before it came when `tombstone`; `detail` names a field or a reason."""

    result: Result
    purchase: Purchase | None = None
    refund: Refund | None = None
    tombstone: bool = False
    detail: str = ""


def standing_of(purchase: Purchase) -> Outcome:
    """The current truth of a purchase. One that is on its way somewhere else is unknown."""
    if purchase.wish is not Wish.NONE or purchase.state is State.NEW:
        return Outcome(Result.UPSTREAM_TIMEOUT, purchase)
    if purchase.state is State.WAITING:
        return Outcome(Result.WAITING_USER, purchase)
    if purchase.state is State.DECLINED:
        return Outcome(DECLINES.get(purchase.reason, Result.STATE_FORBIDS), purchase)
    return Outcome(Result.OK, purchase)
