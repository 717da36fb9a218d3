"""UzPaynet, inbound: the six operations of Paynet's provider service (protocols, wallets-soap 1).

Two generations speak them: SOAP 1.1, which is the default, and JSON-RPC 2.0 (profile `json_rpc`).
Amounts are whole tiyin. A repeated payment is 201, and Paynet then asks CheckTransaction.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from fleet_payment_systems.operations import (
    Cancel,
    ChangePassword,
    Check,
    Operation,
    Outcome,
    Pay,
    Query,
    Result,
    Statement,
)
from fleet_payment_systems.providers.base import Account, Field, Refused
from fleet_payment_systems.providers.forms import minor_amount, plausible
from shared.secret import Secret

_LONG: Final = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_LONG_MAX: Final = 2**63
_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
SCALARS: Final = frozenset(
    {"username", "password", "newPassword", "serviceId", "transactionId", "transactionTime"}
    | {"amount", "dateFrom", "dateTo"}
)
"""What is read of a request; whatever else it carries is ignored (1.1)."""
WRONG_SERVICE: Final = "305"
MISSING: Final = "411"
WRONG_TIME: Final = "414"

CODES: Final[Mapping[Result, int]] = {
    Result.OK: 0,
    Result.DUPLICATE: 201,
    Result.IN_PROGRESS: 100,
    Result.TEMPORARY_ERROR: 100,
    Result.BAD_REQUEST: 411,
    Result.UNKNOWN_OPERATION: 603,
    Result.AUTH_FAILED: 412,
    Result.ACCOUNT_FORMAT: 302,
    Result.ACCOUNT_NOT_FOUND: 302,
    Result.ACCOUNT_BLOCKED: 501,
    Result.AMOUNT_INVALID: 413,
    Result.AMOUNT_TOO_SMALL: 413,
    Result.AMOUNT_TOO_LARGE: 413,
    Result.PAYMENT_FORBIDDEN: 501,
    # 201 would make Paynet ask for the state and take the other amount for credited.
    Result.DUPLICATE_CONFLICT: 401,
    Result.TXN_NOT_FOUND: 203,
    Result.ALREADY_CANCELLED: 202,
    Result.CANCEL_FORBIDDEN: 77,
    Result.PASSWORD_WEAK: 401,
}
MESSAGES: Final[Mapping[int, str]] = {
    0: "Ok",
    77: "Not enough money on the account to cancel",
    100: "Service is temporarily unavailable",
    201: "Transaction already exists",
    202: "Transaction already cancelled",
    203: "Transaction not found",
    301: "Number does not exist",
    302: "Client not found",
    305: "Service not found",
    401: "Parameter validation error",
    411: "Required parameters are missing",
    412: "Wrong login or password",
    413: "Wrong amount",
    414: "Wrong date or time format",
    501: "Transactions are forbidden for the payer",
    601: "Access denied",
    603: "Wrong command",
}
FIELDS: Final = (
    Field("username", help="the login that Paynet will send"),
    Field("password", secret=True, help="its password, at least 7 characters"),
    Field("service_id", required=False, pattern="[0-9]{1,18}", help="refuse other services"),
    Field("account_key", required=False, default="clientid", help="which parameter is the account"),
    Field(
        "unknown_code",
        required=False,
        default="203",
        choices=("203", "301", "305"),
        help="answer about an unknown transaction",
    ),
)


@dataclass(frozen=True, slots=True)
class Arguments:
    """What either generation says, as text: scalars by name, and the payer's parameters."""

    method: str
    scalars: Mapping[str, str]
    parameters: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Raises Refused(BAD_REQUEST): 411."""
        value = self.scalars.get(name, "")
        if not value:
            raise Refused(Result.BAD_REQUEST, MISSING)
        return value

    def number(self, name: str) -> str:
        """A positive signed 64-bit number, as text."""
        value = self.text(name)
        if _LONG.fullmatch(value) is None or int(value) >= _LONG_MAX:
            raise Refused(Result.BAD_REQUEST, MISSING)
        return value


def operation_of(said: Arguments, account: Account) -> Operation:
    """Raises Refused with the code of Paynet's list in `detail` where ours is too coarse."""
    service = account.settings.get("service_id")
    if service and said.scalars.get("serviceId", service) != service:
        raise Refused(Result.BAD_REQUEST, WRONG_SERVICE)
    match said.method:
        case "GetInformation":
            return Check(_payer(said, account))
        case "PerformTransaction":
            return _pay(said, account)
        case "CheckTransaction":
            return Query(said.number("transactionId"))
        case "CancelTransaction":
            return Cancel(said.number("transactionId"))
        case "GetStatement":
            since, until = (moment(said.text(name), account) for name in ("dateFrom", "dateTo"))
            return Statement(since, until)
        case "ChangePassword":
            return ChangePassword(Secret(said.text("newPassword")))
        case _:
            raise Refused(Result.UNKNOWN_OPERATION)


def code_of(outcome: Outcome, account: Account | None) -> int:
    if outcome.detail:
        return int(outcome.detail)
    if outcome.result == Result.TXN_NOT_FOUND and account is not None:
        return int(account.settings.get("unknown_code") or 203)
    if outcome.result == Result.AUTH_FAILED and account is None:
        return 601
    return CODES[outcome.result]


def state_of(outcome: Outcome) -> int:
    """transactionState: 1 performed, 2 cancelled, 3 there is none."""
    if outcome.transaction is None:
        return 2 if outcome.result == Result.ALREADY_CANCELLED else 3
    return 2 if outcome.transaction.cancelled else 1


def moment(text: str, account: Account) -> datetime:
    """xsd:dateTime with up to 9 digits of a fraction, or the plain form without a zone: 414."""
    match = _TIME.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        date, clock, fraction, zone = match.groups()
        found = datetime.fromisoformat(f"{date}T{clock}{(fraction or '.0')[:7]}{zone or ''}")
        aware = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(account.timezone))
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(Result.BAD_REQUEST, WRONG_TIME) from None


def _payer(said: Arguments, account: Account) -> str:
    """From the agreed parameter only, never the first: terminal_id may come before it."""
    value = said.parameters.get(account.settings.get("account_key") or "clientid", "")
    if not value:
        raise Refused(Result.BAD_REQUEST, MISSING)
    return value


def _pay(said: Arguments, account: Account) -> Operation:
    txn, payer = said.number("transactionId"), _payer(said, account)
    amount = minor_amount(said.text("amount"), account.currency)
    return Pay(txn, payer, amount, _paid_at(said, account))


def _paid_at(said: Arguments, account: Account) -> datetime | None:
    told = said.scalars.get("transactionTime")
    try:
        return plausible(moment(told, account)) if told else None
    except ValueError:
        raise Refused(Result.BAD_REQUEST, WRONG_TIME) from None
