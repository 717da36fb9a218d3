"""EasyPay in Ukraine 3.1, inbound: XML in and out, RSA-SHA1 both ways (protocols, osmp-family 6a).

A profile of EasyPay, in two phases: Payment registers under our number, Confirm credits, Cancel
lets go. A signature is over the raw bytes with nothing inside the one element Sign.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from fleet_payment_systems.operations import (
    Check,
    Confirm,
    Operation,
    Outcome,
    Pay,
    Result,
    Withdraw,
)
from fleet_payment_systems.providers import rsa_sha1
from fleet_payment_systems.providers.answers import DECLARATION, number, tag
from fleet_payment_systems.providers.base import (
    TEXT_XML,
    Account,
    Field,
    Refused,
    WireReply,
    WireRequest,
)
from fleet_payment_systems.providers.forms import amount, plausible
from fleet_payment_systems.providers.osmp import COMMENTS
from shared import xml

PROFILE: Final = "ukraine"
FIELDS: Final = (
    Field(
        "easypay_key",
        pattern=rsa_sha1.PUBLIC,
        longest=rsa_sha1.LONGEST,
        help="EasyPay's public key, PEM",
        profiles=(PROFILE,),
    ),
    Field(
        "own_key",
        secret=True,
        pattern=rsa_sha1.PRIVATE,
        longest=rsa_sha1.LONGEST,
        help="our private RSA key, PEM: EasyPay gets its public half",
        profiles=(PROFILE,),
    ),
)
_ROOT: Final = "Request"
_SIGN: Final = re.compile(rb"<Sign>([0-9A-F]*)</Sign>")
_TIME: Final = "%Y-%m-%dT%H:%M:%S"
_TIME_FORM: Final = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}", re.ASCII)
_ORDER: Final = re.compile(r"[0-9]{1,32}", re.ASCII)
_OURS: Final = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_EMPTY, _NO_XML, _NO_REQUEST, _SEVERAL, _NONE = "-50", "-51", "-52", "-53", "-55"
_TWICE, _MISSING, _FOREIGN = "-56", "-57", "-58"
_NO_ACCOUNT, _REFUSED, _EXISTS, _UNKNOWN, _BAD_SIGN, _LATER = -1, -2, -3, -4, -95, -99
_CODES: Final[Mapping[Result, int]] = {
    Result.OK: 0,
    Result.DUPLICATE: 0,
    Result.IN_PROGRESS: _LATER,
    Result.TEMPORARY_ERROR: _LATER,
    Result.BAD_REQUEST: int(_NO_XML),
    Result.UNKNOWN_OPERATION: int(_NONE),
    Result.AUTH_FAILED: _BAD_SIGN,
    Result.ACCOUNT_FORMAT: _NO_ACCOUNT,
    Result.ACCOUNT_NOT_FOUND: _NO_ACCOUNT,
    Result.DUPLICATE_CONFLICT: _EXISTS,
    Result.TXN_NOT_FOUND: _UNKNOWN,
}
_DETAILS: Final[Mapping[int, str]] = {
    0: "OK",
    _NO_ACCOUNT: "Account not found",
    _EXISTS: "Order already exists",
    _UNKNOWN: "Payment not found",
    _BAD_SIGN: "Signature error",
    _LATER: COMMENTS[Result.TEMPORARY_ERROR],
}
_ERROR: Final = "Error in request"


def spoken(request: WireRequest) -> bool:
    """Whether a request looks like this protocol's and not like parameters."""
    return request.method == "POST" and f"<{_ROOT}".encode() in request.body


def verify(request: WireRequest, account: Account) -> None:
    """Raises Refused(AUTH_FAILED), and BAD_REQUEST on what has no place for a signature."""
    _document(request)
    key = account.settings.get("easypay_key")
    found = _SIGN.findall(request.body)
    if key is None or len(found) != 1 or request.body.count(b"<Sign") != 1:
        raise Refused(Result.AUTH_FAILED)
    unsigned = _SIGN.sub(b"<Sign></Sign>", request.body)
    if "own_key" not in account.credentials or not rsa_sha1.genuine(key, found[0], unsigned):
        raise Refused(Result.AUTH_FAILED)


def decode(request: WireRequest, account: Account) -> Operation:
    call = _document(request)
    sent_at = _moment(_text(call, "DateTime"), account)
    kinds = call.keys() - {"DateTime", "Sign"}
    if len(kinds) > 1:
        raise Refused(Result.BAD_REQUEST, _SEVERAL)
    (kind,) = kinds or {""}
    read = _OPERATIONS.get(kind)
    if read is None:
        raise Refused(Result.UNKNOWN_OPERATION)
    told = call[kind]
    if isinstance(told, list):
        raise Refused(Result.BAD_REQUEST, _TWICE)
    if not isinstance(told, Mapping):
        raise Refused(Result.BAD_REQUEST, _MISSING)
    if _text(told, "ServiceId") != account.settings.get("service_id"):
        raise Refused(Result.BAD_REQUEST, _FOREIGN)
    return read(told, account, sent_at)


def encode(
    _request: WireRequest,
    account: Account | None,
    operation: Operation | None,
    outcome: Outcome,
    now: datetime,
) -> WireReply:
    code = _code(operation, outcome)
    zone = ZoneInfo(account.timezone if account is not None else "Europe/Kyiv")
    detail = COMMENTS[outcome.result] if code == _REFUSED else _DETAILS.get(code, _ERROR)
    said = tag("StatusCode", str(code)) + tag("StatusDetail", detail)
    said += tag("DateTime", now.astimezone(zone).strftime(_TIME))
    if code == 0:
        said += _result(operation, outcome, zone)
    return WireReply(_signed(said, account), TEXT_XML)


def _signed(said: str, account: Account | None) -> bytes:
    """A stranger, and a wallet without a key, get an answer without a signature."""
    key = account.credentials.get("own_key") if account is not None else None
    head = f"{DECLARATION}<Response>{said}"
    if key is None:
        return f"{head}</Response>".encode()
    sign = rsa_sha1.sign(key, f"{head}<Sign></Sign></Response>".encode())
    return f"{head}<Sign>{sign}</Sign></Response>".encode()


def _code(operation: Operation | None, outcome: Outcome) -> int:
    if outcome.detail:
        return int(outcome.detail)
    if outcome.result == Result.ALREADY_CANCELLED and isinstance(operation, Withdraw):
        # What it wants is so: a cancel whose answer was lost comes again.
        return 0
    return _CODES.get(outcome.result, _REFUSED)


def _result(operation: Operation | None, outcome: Outcome, zone: ZoneInfo) -> str:
    at = "" if outcome.at is None else outcome.at.astimezone(zone).strftime(_TIME)
    match operation:
        case Check():
            name = tag("Fio", outcome.name) if outcome.name else ""
            return f"<AccountInfo>{tag('Account', operation.account)}{name}</AccountInfo>"
        case Pay():
            return tag("PaymentId", number(outcome))
        case Confirm():
            return tag("OrderDate", at)
        case Withdraw():
            return tag("CancelDate", at)
    return ""


def _check(told: xml.Node, _account: Account, _sent_at: datetime) -> Operation:
    return Check(_text(told, "Account"))


def _payment(told: xml.Node, account: Account, sent_at: datetime) -> Operation:
    order, payer = _text(told, "OrderId"), _text(told, "Account")
    if _ORDER.fullmatch(order) is None:
        raise Refused(Result.BAD_REQUEST)
    money = amount(_text(told, "Amount"), account.currency)
    return Pay(order, payer, money, sent_at, registers=True)


def _confirm(told: xml.Node, _account: Account, _sent_at: datetime) -> Operation:
    return Confirm(_ours(told))


def _cancel(told: xml.Node, _account: Account, _sent_at: datetime) -> Operation:
    return Withdraw(_ours(told))


_OPERATIONS: Final[Mapping[str, Callable[[xml.Node, Account, datetime], Operation]]] = {
    "Check": _check,
    "Payment": _payment,
    "Confirm": _confirm,
    "Cancel": _cancel,
}


def _ours(told: xml.Node) -> str:
    """A transaction's id, from the number that Payment was answered."""
    given = _text(told, "PaymentId")
    if _OURS.fullmatch(given) is None:
        raise Refused(Result.TXN_NOT_FOUND)
    return given.zfill(19)


def _document(request: WireRequest) -> xml.Node:
    """The children of the one Request. Raises Refused(BAD_REQUEST)."""
    if not request.body:
        raise Refused(Result.BAD_REQUEST, _EMPTY)
    try:
        root = xml.parse(request.body).get(_ROOT)
    except xml.MalformedXml:
        raise Refused(Result.BAD_REQUEST, _NO_XML) from None
    if request.method != "POST" or not isinstance(root, Mapping):
        raise Refused(Result.BAD_REQUEST, _NO_REQUEST)
    return root


def _text(node: xml.Node, name: str) -> str:
    if isinstance(node.get(name), list):
        raise Refused(Result.BAD_REQUEST, _TWICE)
    try:
        value = xml.scalar(node, name)
    except xml.MalformedXml:
        raise Refused(Result.BAD_REQUEST) from None
    if not value:
        raise Refused(Result.BAD_REQUEST, _MISSING)
    return value


def _moment(text: str, account: Account) -> datetime:
    try:
        if _TIME_FORM.fullmatch(text) is None:
            raise ValueError
        local = datetime.strptime(text, _TIME).replace(tzinfo=ZoneInfo(account.timezone))
        return plausible(local.astimezone(UTC))
    except (ValueError, OverflowError):
        raise Refused(Result.BAD_REQUEST) from None
