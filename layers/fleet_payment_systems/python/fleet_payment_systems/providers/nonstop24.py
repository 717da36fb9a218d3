"""24NonStop, inbound: signed parameters in, pay-response out (protocols, osmp-family 5b).

A profile of City24. They come in a query, or as the lower-case elements of a posted pay-request.
SIGN covers the raw values; the older edition leaves the amount out of it, which a wallet must ask
for by name.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from fleet_payment_systems.operations import Check, Operation, Outcome, Pay, Query, Result
from fleet_payment_systems.providers import logins
from fleet_payment_systems.providers.answers import DECLARATION, TEXT_PLAIN, tag
from fleet_payment_systems.providers.base import (
    TEXT_XML,
    Account,
    Field,
    Refused,
    WireReply,
    WireRequest,
)
from fleet_payment_systems.providers.forms import amount, parameters, signed
from shared import xml

PROFILE: Final = "nonstop24"
_ONLY: Final = (PROFILE,)
FIELDS: Final = (
    Field("sign_secret", secret=True, help="secret of SIGN", profiles=_ONLY),
    Field(
        "service_id",
        pattern="[0-9A-Za-z_.-]{1,64}",
        help="SERVICE_ID of the wallet",
        profiles=_ONLY,
    ),
    Field(
        "sign_hash",
        required=False,
        default="md5",
        choices=("md5", "sha1"),
        help="the hash of SIGN",
        profiles=_ONLY,
    ),
    Field(
        "unsigned_amount",
        required=False,
        default="refuse",
        choices=("refuse", "accept"),
        help="before 2.30 no amount is signed: accept only with an address list",
        profiles=_ONLY,
    ),
)
_NAMES: Final = ("ACT", "PAY_ACCOUNT", "SERVICE_ID", "PAY_ID", "PAY_AMOUNT", "SIGN")
_ROOT: Final = "pay-request"
_PAY_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
_ECHO: Final = re.compile(r"[0-9A-Za-z_.-]{1,64}", re.ASCII)
_DEFAULT_ZONE: Final = "Europe/Kyiv"
_FOUND, _POSSIBLE, _ACCEPTED = 11, 21, 22
_NOT_FOUND, _NO_ACCOUNT, _EXISTS, _WRONG = -10, -40, -100, -101
_STATUS: Final[Mapping[Result, int]] = {
    Result.DUPLICATE: _EXISTS,
    Result.TXN_NOT_FOUND: _NOT_FOUND,
    Result.ACCOUNT_FORMAT: _NO_ACCOUNT,
    Result.ACCOUNT_NOT_FOUND: _NO_ACCOUNT,
    Result.ACCOUNT_BLOCKED: _NO_ACCOUNT,
}
# It has no code for "try later": without an answer it asks for the state (ACT 7).
_LATER: Final = frozenset({Result.TEMPORARY_ERROR, Result.IN_PROGRESS})


def spoken(request: WireRequest) -> bool:
    """Whether a request looks like this protocol's and not like a commandCall."""
    return request.method == "GET" or f"<{_ROOT}".encode() in request.body


def verify(request: WireRequest, account: Account) -> None:
    secret = account.credentials.get("sign_secret")
    found = signed(request, _parameters)
    if secret is None or found.get("SERVICE_ID") != account.settings.get("service_id"):
        raise Refused(Result.AUTH_FAILED)
    name = account.settings.get("sign_hash") or "md5"
    sent = found.get("SIGN", "").upper()
    matches = [
        logins.same(sent, _sign(name, [*values, secret.reveal()]))
        for values in _signed(found, account)
    ]
    if not any(matches):
        raise Refused(Result.AUTH_FAILED)


def decode(request: WireRequest, account: Account) -> Operation:
    found = _parameters(request)
    pay_id, payer = found.get("PAY_ID", ""), found.get("PAY_ACCOUNT", "")
    if _PAY_ID.fullmatch(pay_id) is None:
        raise Refused(Result.BAD_REQUEST)
    match found.get("ACT"):
        case "1" if payer:
            return Check(payer, txn=pay_id)
        case "4" if payer:
            return Pay(pay_id, payer, amount(found.get("PAY_AMOUNT", ""), account.currency))
        case "7":
            return Query(pay_id)
        case "1" | "4":
            raise Refused(Result.BAD_REQUEST)
        case _:
            raise Refused(Result.UNKNOWN_OPERATION)


def encode(
    request: WireRequest,
    account: Account | None,
    operation: Operation | None,
    outcome: Outcome,
    now: datetime,
) -> WireReply:
    if outcome.result in _LATER:
        return WireReply(b"", TEXT_PLAIN, 503)
    zone = account.timezone if account is not None else _DEFAULT_ZONE
    code = _STATUS.get(outcome.result, _WRONG)
    head, tail = "", ""
    match operation:
        case Check() if outcome.result == Result.OK and account is not None:
            code, head = _POSSIBLE, _payable(operation, outcome, account)
        case Pay() if outcome.result == Result.OK:
            code, head = _ACCEPTED, _paid(request, outcome)
        case Query() if outcome.transaction is not None:
            code, tail = _FOUND, _state(request, outcome, zone)
    service = _echoed(request, "SERVICE_ID")
    status = tag("status_code", str(code))
    description = tag("description", service) if code == _ACCEPTED else ""
    inner = f"{head}{status}{description}{tag('time_stamp', _time(now, zone))}{tail}"
    return WireReply(f"{DECLARATION}<pay-response>{inner}</pay-response>".encode(), TEXT_XML)


def _parameters(request: WireRequest) -> Mapping[str, str]:
    """By their upper-case names. Raises Refused(BAD_REQUEST)."""
    if not request.body.lstrip().startswith(b"<"):
        return parameters(request)
    try:
        root = xml.parse(request.body).get(_ROOT)
        if not isinstance(root, Mapping):
            raise xml.MalformedXml("no pay-request")
        read = {name: xml.scalar(root, name.lower()) for name in _NAMES}
    except xml.MalformedXml:
        raise Refused(Result.BAD_REQUEST) from None
    return {name: value for name, value in read.items() if value is not None}


def _echoed(request: WireRequest, name: str) -> str:
    try:
        value = _parameters(request).get(name, "")
    except Refused:
        return ""
    return value if _ECHO.fullmatch(value) else ""


def _signed(found: Mapping[str, str], account: Account) -> list[list[str]]:
    """The values that SIGN may cover, in their order."""
    act, pay_id = found.get("ACT", ""), found.get("PAY_ID", "")
    payer = "" if act == "7" else found.get("PAY_ACCOUNT", "")
    short = [act, payer, found.get("SERVICE_ID", ""), pay_id]
    if act != "4":
        return [short]
    full = [*short, found.get("PAY_AMOUNT", "")]
    return [full, short] if account.settings.get("unsigned_amount") == "accept" else [full]


def _sign(name: str, values: list[str]) -> str:
    text = "_".join(values).encode()
    return hashlib.new(name, text, usedforsecurity=False).hexdigest().upper()


def _payable(check: Check, outcome: Outcome, account: Account) -> str:
    shown = [
        ("balance", outcome.balance),
        ("name", outcome.name),
        ("account", check.account),
        ("service_id", account.settings.get("service_id")),
        ("abonplata", "0"),
        ("min_amount", account.minimum),
        ("max_amount", account.maximum),
    ]
    return "".join(tag(name, str(value)) for name, value in shown if value is not None)


def _paid(request: WireRequest, outcome: Outcome) -> str:
    paid = outcome.transaction
    total = "" if paid is None else str(paid.amount)
    pay_id, service = (_echoed(request, name) for name in ("PAY_ID", "SERVICE_ID"))
    return tag("pay_id", pay_id) + tag("service_id", service) + tag("amount", total)


def _state(request: WireRequest, outcome: Outcome, zone: str) -> str:
    paid = outcome.transaction
    if paid is None:
        return ""
    status = "130" if paid.cancelled else "111"
    made = tag("time_stamp", _time(paid.created_at, zone))
    return f"<transaction>{_paid(request, outcome)}{tag('status', status)}{made}</transaction>"


def _time(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%d.%m.%Y %H:%M:%S")
