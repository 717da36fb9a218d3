"""EasyPay in Armenia, inbound: JSON in and out, HMAC-SHA256 both ways (protocols, osmp-family 6b).

A profile of EasyPay. The HMAC is over the values as they were written, numbers by their literals,
with nothing between them; the HTTP status is the result.
"""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fleet_payment_systems.operations import Check, Operation, Outcome, Pay, Result
from fleet_payment_systems.providers import logins
from fleet_payment_systems.providers.answers import number
from fleet_payment_systems.providers.base import Account, Field, Refused, WireReply, WireRequest
from fleet_payment_systems.providers.forms import amount
from fleet_payment_systems.providers.json_text import is_text, parse

PROFILE: Final = "armenia"
FIELDS: Final = (
    Field("sign_secret", secret=True, help="the HMAC key", profiles=(PROFILE,)),
    Field(
        "account_type",
        required=False,
        default="14",
        pattern="[0-9]{1,2}",
        help="the Type of the input that is the driver's account",
        profiles=(PROFILE,),
    ),
)
_JSON: Final = "application/json; charset=utf-8"
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_NAME: Final = re.compile(r"[a-z-]{1,32}", re.ASCII)
_BALANCE, _PAYMENTS, _PING = "balance-inquiry", "payments", "ping"
_INPUTS_MAX: Final = 20
_DEBT: Final = 0
_STATUS: Final[Mapping[Result, int]] = {
    Result.IN_PROGRESS: 500,
    Result.TEMPORARY_ERROR: 500,
    Result.AUTH_FAILED: 401,
    Result.ACCOUNT_NOT_FOUND: 404,
    Result.ACCOUNT_BLOCKED: 403,
    Result.PAYMENT_FORBIDDEN: 403,
    Result.TXN_NOT_FOUND: 404,
}
_BAD: Final = 400
_TYPES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("BadRequestException", "Bad request"),
    401: ("UnauthorizedException", "Authentication failed"),
    403: ("ForbiddenException", "Account takes no payments"),
    404: ("NotFoundException", "Account not found"),
    500: ("InternalServerException", "Try again later"),
}


class _Literal(str):
    """A JSON number as it was written: what the HMAC is over."""

    __slots__ = ()


def pong(request: WireRequest) -> WireReply | None:
    """The answer to a ping, None to anything else."""
    if request.method != "GET" or request.operation != _PING:
        return None
    return _reply(200, {"Status": "OK"}, {})


def verify(request: WireRequest, account: Account) -> None:
    """Raises Refused(AUTH_FAILED), and BAD_REQUEST on what has no values to sign."""
    if request.method != "POST" or request.operation not in {_BALANCE, _PAYMENTS}:
        raise Refused(Result.UNKNOWN_OPERATION)
    secret = account.credentials.get("sign_secret")
    if secret is None or not secret.reveal() or not _nonce(request):
        raise Refused(Result.AUTH_FAILED)
    expected = _authorization(secret.reveal(), _signed(request) + _nonce(request))
    if not logins.same(request.headers.get("authorization", ""), expected):
        raise Refused(Result.AUTH_FAILED)


def decode(request: WireRequest, account: Account) -> Operation:
    call = _document(request)
    if call["MerchantServiceIdentifierId"] != account.settings.get("service_id"):
        raise Refused(Result.BAD_REQUEST)
    payer = _payer(call, account.settings.get("account_type") or "14")
    if request.operation == _BALANCE:
        return Check(payer)
    # A GUID in other letters is the same one.
    return Pay(call["OrderId"].lower(), payer, amount(call["Amount"], account.currency))


def encode(
    request: WireRequest,
    account: Account | None,
    operation: Operation | None,
    outcome: Outcome,
    now: datetime,
) -> WireReply:
    good = outcome.result in {Result.OK, Result.DUPLICATE}
    if not good or operation is None or account is None:
        # At a bad link nothing of the request is repeated.
        named = _nonce(request) if account is not None else ""
        return _refusal(request, named, _STATUS.get(outcome.result, _BAD))
    if isinstance(operation, Check):
        shown = [{"Key": "Driver", "Value": outcome.name}] if outcome.name else []
        said: dict[str, Any] = {"Debt": _DEBT, "Properties": shown}
        signed = f"{_DEBT}{outcome.name}"
    else:
        signed = f"p-{number(outcome)}"
        said = {"PaymentId": signed}
    secret = account.credentials["sign_secret"].reveal()
    return _reply(200, said, {"Authorization": _authorization(secret, signed + _nonce(request))})


def _refusal(request: WireRequest, named: str, status: int) -> WireReply:
    kind, message = _TYPES[status]
    known = request.operation if _NAME.fullmatch(request.operation) else ""
    said = {
        "RequestId": named,
        "TraceId": named,
        "Instance": f"/api/{known}",
        "StatusCode": status,
        "Type": kind,
        "Errors": {},
        "Message": message,
    }
    return _reply(status, said, {})


def _reply(status: int, said: Mapping[str, Any], headers: Mapping[str, str]) -> WireReply:
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return WireReply(text.encode(), _JSON, status, headers)


def _authorization(secret: str, text: str) -> str:
    digest = hmac.digest(secret.encode(), text.encode(), "sha256")
    return f"HMAC {base64.b64encode(digest).decode()}"


def _nonce(request: WireRequest) -> str:
    """ "" when it is none."""
    sent = request.headers.get("nonce", "")
    return sent if _UUID.fullmatch(sent) else ""


def _signed(request: WireRequest) -> str:
    call = _document(request)
    inquiry = call.get("BalanceInquiryId") or ""
    inputs = "".join(
        f"{each['Type']}:{each['Value']}:{each['TechnicalIndex']}:" for each in call["Inputs"]
    )
    rest = f"{call['MerchantServiceIdentifierId']}{inputs}"
    if request.operation == _PAYMENTS:
        return f"{call['OrderId']}{call['Amount']}{inquiry}{rest}"
    return f"{inquiry}{rest}"


def _payer(call: Mapping[str, Any], kind: str) -> str:
    found = [each["Value"] for each in call["Inputs"] if each["Type"] == kind]
    if len(found) != 1 or not found[0]:
        raise Refused(Result.BAD_REQUEST)
    return str(found[0])


def _document(request: WireRequest) -> Mapping[str, Any]:
    """A call whose values are all of their kinds. Raises Refused(BAD_REQUEST)."""
    try:
        call = parse(request.body, _Literal, _Literal)
    except (ValueError, RecursionError):
        raise Refused(Result.BAD_REQUEST) from None
    if not isinstance(call, dict) or not _sound(call):
        raise Refused(Result.BAD_REQUEST)
    if request.operation == _PAYMENTS and not _payable(call):
        raise Refused(Result.BAD_REQUEST)
    return call


def _sound(call: Mapping[str, Any]) -> bool:
    inquiry, inputs = call.get("BalanceInquiryId"), call.get("Inputs")
    if inquiry is not None and not _whole(inquiry):
        return False
    if not _whole(call.get("MerchantServiceIdentifierId")) or not isinstance(inputs, list):
        return False
    return 0 < len(inputs) <= _INPUTS_MAX and all(_is_input(each) for each in inputs)


def _is_input(each: object) -> bool:
    if not isinstance(each, dict):
        return False
    value, numbers = each.get("Value"), (each.get("Type"), each.get("TechnicalIndex"))
    text = is_text(value, 4096) and not isinstance(value, _Literal)
    return text and all(_whole(number_) for number_ in numbers)


def _payable(call: Mapping[str, Any]) -> bool:
    order = call.get("OrderId")
    guid = isinstance(order, str) and _UUID.fullmatch(order) is not None
    return guid and isinstance(call.get("Amount"), _Literal)


def _whole(value: object) -> bool:
    return isinstance(value, _Literal) and re.fullmatch("0|[1-9][0-9]{0,18}", value) is not None
