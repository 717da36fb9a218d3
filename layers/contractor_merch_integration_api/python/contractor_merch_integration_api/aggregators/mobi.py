"""Mobi.Money, JSON over POST, the contract of decision 27 (protocols: section 6.2 to 6.4).

`X-Signature` is hex HMAC-SHA256(secret, timestamp + "\\n" + operation + "\\n" + raw body). 200 for
whatever was processed, 400 for a malformed request, 401 for a caller we do not know, 503 later.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal, NoReturn
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from contractor_merch_integration_api.aggregators.base import (
    Described,
    Malformed,
    WireReply,
    WireRequest,
    recent,
    shown,
    signed,
)
from contractor_merch_integration_api.model import RefundState, State
from contractor_merch_integration_api.operations import (
    Authorize,
    GiveBack,
    Operation,
    Outcome,
    Result,
    Reverse,
    Status,
)
from shared.errors import AppError
from shared.http import parse_json, validated
from shared.money import BadAmount, Money
from shared.secret import Secret
from shared.wire import Answer, Wire

CODES: Final[Mapping[Result, int]] = {
    Result.OK: 0,
    Result.WAITING_USER: 1,
    Result.QR_INVALID: 10,
    Result.QR_EXPIRED: 11,
    Result.QR_USED: 12,
    Result.NOT_ENOUGH_MONEY: 20,
    Result.LIMIT: 21,
    Result.DECLINED_BY_USER: 22,
    Result.PAYER_BLOCKED: 23,
    Result.TRN_CONFLICT: 30,
    Result.TRN_NOT_FOUND: 31,
    Result.TRN_REVERSED: 32,
    Result.STATE_FORBIDS: 33,
    Result.REFUND_TOO_LARGE: 34,
    Result.REVERSE_TOO_LATE: 35,
    Result.BAD_REQUEST: 40,
    Result.AUTH: 41,
    Result.SYSTEM_ERROR: 50,
    Result.UPSTREAM_TIMEOUT: 51,
}
_FAILURES: Final = {Result.BAD_REQUEST: 400, Result.AUTH: 401}
_UNSERVED: Final = 503
_CURRENCY: Final = "RUB"
_MOSCOW: Final = ZoneInfo("Europe/Moscow")

# Theirs is a signed 64-bit integer.
Trn = Annotated[int, Field(ge=1, lt=2**63)]
Sum = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]

Code = Annotated[
    int, Field(description=", ".join(f"{code} {name.value}" for name, code in CODES.items()))
]


class Merchant(Wire):
    id: Name
    name: Annotated[str, StringConstraints(min_length=1, max_length=128)]


class Asked(Wire):
    """What every operation has."""

    mobi_transaction_id: Trn


class AuthorizeRequest(Asked):
    """`qr` is opaque text; `timeout` is how many seconds the driver may think about it."""

    qr: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,512}$")]
    amount: Sum
    currency: Literal["RUB", "643"]
    merchant: Merchant
    terminal_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
    description: Annotated[str, StringConstraints(max_length=128)] = ""
    timeout: Annotated[int, Field(ge=15, le=300)] = 60


class StatusRequest(Asked):
    """Of one purchase."""


class ReverseRequest(Asked):
    reason: Annotated[str, StringConstraints(max_length=128)] = ""


class RefundRequest(Asked):
    """`refund_trn` is the desk's own number of this refund."""

    refund_trn: Name
    amount: Sum


class MobiAnswer(Answer):
    """`result` says what became of the request, `state` what became of the purchase."""

    result: Code
    mobi_transaction_id: int
    time: str
    message: str
    state: State | None = None
    ya_transaction_id: str | None = None
    amount: str | None = None
    currency: str | None = None
    refunded: str | None = None
    refund_trn: str | None = None
    refund_amount: str | None = None
    refund_state: RefundState | None = None


class MobiFailure(Answer):
    """A request that was not processed."""

    result: Code
    message: str


_REQUESTS: Final[Mapping[str, type[Asked]]] = {
    "authorize": AuthorizeRequest,
    "status": StatusRequest,
    "reverse": ReverseRequest,
    "refund": RefundRequest,
}


class Mobi:
    code = "mobi"
    described = Described(
        _REQUESTS, MobiAnswer, MobiFailure, ("X-Client", "X-Timestamp", "X-Signature")
    )

    def client_id(self, request: WireRequest) -> str:
        return request.headers.get("x-client", "")

    def verify(self, request: WireRequest, secret: Secret, now: datetime) -> bool:
        timestamp = request.headers.get("x-timestamp", "")
        head = f"{timestamp}\n{request.operation}\n".encode()
        genuine = signed(secret, head + request.body, request.headers.get("x-signature", ""))
        return recent(timestamp, now) and genuine

    def decode(self, request: WireRequest) -> Operation:
        wire = _read(request)
        trn = str(wire.mobi_transaction_id)
        match wire:
            case AuthorizeRequest():
                return Authorize(
                    trn=trn,
                    qr=wire.qr,
                    amount=_money(wire.amount),
                    merchant_id=wire.merchant.id,
                    merchant_name=wire.merchant.name,
                    terminal_id=wire.terminal_id,
                    description=wire.description,
                    patience=timedelta(seconds=wire.timeout),
                )
            case RefundRequest():
                return GiveBack(trn, wire.refund_trn, _money(wire.amount))
            case ReverseRequest():
                return Reverse(trn)
        return Status(trn)

    def encode(self, operation: Operation | None, outcome: Outcome, now: datetime) -> WireReply:
        code = CODES[outcome.result]
        message = outcome.detail or outcome.result.value
        if operation is None:
            status = _FAILURES.get(outcome.result, _UNSERVED)
            return WireReply(status, MobiFailure(result=code, message=message))
        time = now.astimezone(_MOSCOW).isoformat(timespec="seconds")
        told = {"result": code, "mobi_transaction_id": int(operation.trn), "time": time}
        state = _tombstone(outcome) | _purchase(outcome) | _refund(outcome)
        return WireReply(200, MobiAnswer(**told, message=message, **state))


def _tombstone(outcome: Outcome) -> dict[str, Any]:
    return {"state": State.REVERSED} if outcome.tombstone else {}


def _purchase(outcome: Outcome) -> dict[str, Any]:
    found = outcome.purchase
    if found is None:
        return {}
    return shown(
        {
            "state": found.state,
            "ya_transaction_id": found.ya_transaction_id,
            "amount": str(found.amount),
            "currency": found.amount.currency,
            "refunded": str(found.refunded) if found.refunded.minor else None,
        }
    )


def _refund(outcome: Outcome) -> dict[str, Any]:
    if outcome.refund is None:
        return {}
    return {
        "refund_trn": outcome.refund.refund_trn,
        "refund_amount": str(outcome.refund.amount),
        "refund_state": outcome.refund.state,
    }


def _read(request: WireRequest) -> Asked:
    try:
        return validated(_REQUESTS[request.operation], parse_json(request.body))
    except AppError as problem:
        _malformed(problem)


def _malformed(problem: AppError) -> NoReturn:
    """The first field that is wrong, or the body as a whole."""
    match problem.details:
        case {"fields": [{"field": str(field)}, *_]} if field:
            raise Malformed(field) from None
    raise Malformed("body") from None


def _money(text: str) -> Money:
    """Above nothing. Raises Malformed."""
    try:
        amount = Money.parse(text, _CURRENCY)
    except BadAmount:
        raise Malformed("amount") from None
    if not amount.minor:
        raise Malformed("amount")
    return amount
