"""Paynet's JSON-RPC 2.0 generation: the same operations and codes, HTTP Basic, local times."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from fleet_payment_systems.model import Transaction
from fleet_payment_systems.operations import (
    Cancel,
    Check,
    Operation,
    Outcome,
    Query,
    Result,
    Statement,
)
from fleet_payment_systems.providers import logins
from fleet_payment_systems.providers.answers import number, refusal
from fleet_payment_systems.providers.base import Account, Refused, WireReply, WireRequest
from fleet_payment_systems.providers.json_text import BODY_MAX, is_text, parse
from fleet_payment_systems.providers.uzpaynet import (
    MESSAGES,
    SCALARS,
    Arguments,
    code_of,
    state_of,
)

PROFILE: Final = "json_rpc"
_JSON: Final = "application/json; charset=utf-8"
_PARSE, _INVALID = "-32700", "-32600"
_FAULTS: Final[Mapping[int, str]] = {
    -32700: "Parse error",
    -32600: "Invalid request",
    -32601: "Method not found",
    -32602: "Invalid params",
}
# Asked about, a cancelled or an unknown transaction is an answer here, not an error.
_ANSWERED: Final = frozenset({Result.OK, Result.ALREADY_CANCELLED})


def verify(request: WireRequest, account: Account) -> None:
    """Before anything is parsed; the refusal is a genuine 401."""
    if not logins.basic(request, account, "username"):
        raise Refused(Result.AUTH_FAILED)


def arguments(request: WireRequest) -> Arguments:
    """Raises Refused with the JSON-RPC error code in `detail`."""
    call = _document(request)
    params, method = call.get("params", {}), call.get("method")
    if not isinstance(params, dict) or not isinstance(method, str) or call.get("jsonrpc") != "2.0":
        raise Refused(Result.BAD_REQUEST, _INVALID)
    fields = params.get("fields", {})
    if not isinstance(fields, dict):
        raise Refused(Result.BAD_REQUEST, "-32602")
    scalars = {name: _text(value) for name, value in params.items() if name in SCALARS}
    return Arguments(method, scalars, {name: _text(value) for name, value in fields.items()})


def encode(
    request: WireRequest,
    account: Account | None,
    operation: Operation | None,
    outcome: Outcome,
    now: datetime,
) -> WireReply:
    if outcome.result == Result.AUTH_FAILED:
        return refusal(basic=True)
    zone = ZoneInfo(account.timezone if account is not None else "Asia/Tashkent")
    result = _result(operation, outcome, _local(now, zone), zone)
    answer: dict[str, Any] = {"jsonrpc": "2.0", "id": _call_id(request)}
    if result is not None:
        answer["result"] = result
    else:
        answer["error"] = _error(outcome, account)
    return WireReply(json.dumps(answer, ensure_ascii=False).encode(), _JSON)


def _result(
    operation: Operation | None, outcome: Outcome, timestamp: str, zone: ZoneInfo
) -> dict[str, Any] | None:
    """None when the answer is an error."""
    known = outcome.result in _ANSWERED
    asked = isinstance(operation, Query) and (known or outcome.result == Result.TXN_NOT_FOUND)
    if asked or (isinstance(operation, Cancel) and known):
        return _state(outcome, timestamp)
    if operation is None or outcome.result != Result.OK:
        return None
    if isinstance(operation, Check):
        # The status is a text here, and money inside fields is in som.
        fields = {"name": outcome.name, "balance": str(outcome.balance or "")}
        shown = {name: value for name, value in fields.items() if value}
        return {"status": "0", "timestamp": timestamp, "fields": shown}
    if outcome.transaction is not None:
        number_ = int(number(outcome))
        return {"providerTrnId": number_, "timestamp": timestamp, "fields": {}}
    if isinstance(operation, Statement):
        return {"statements": [_row(row, zone) for row in outcome.statement]}
    return {"status": "0", "timestamp": timestamp}


def _state(outcome: Outcome, timestamp: str) -> dict[str, Any]:
    return {
        "providerTrnId": int(number(outcome) or 0),
        "timestamp": timestamp,
        "transactionState": state_of(outcome),
    }


def _row(row: Transaction, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "amount": row.amount.minor,
        "transactionId": int(row.txn),
        "providerTrnId": int(row.tx_id),
        "timestamp": _local(row.provider_time or row.created_at, zone),
    }


def _error(outcome: Outcome, account: Account | None) -> dict[str, Any]:
    unknown = outcome.result == Result.UNKNOWN_OPERATION
    code = -32601 if unknown else code_of(outcome, account)
    return {"code": code, "message": _FAULTS.get(code) or MESSAGES[code]}


def _document(request: WireRequest) -> dict[str, Any]:
    if len(request.body) > BODY_MAX:
        raise Refused(Result.BAD_REQUEST, _INVALID)
    try:
        found = parse(request.body, _Real)
    except (ValueError, RecursionError):
        raise Refused(Result.BAD_REQUEST, _PARSE) from None
    if not isinstance(found, dict):
        raise Refused(Result.BAD_REQUEST, _INVALID)
    return found


class _Real:
    """A number with a fraction or an exponent: no value of this protocol, whatever it is worth."""

    def __init__(self, _text: str) -> None:
        pass


def _text(value: object) -> str:
    """A string or an integer as it was written; anything else is no value of this protocol."""
    if not is_text(value, 4096) and not _is_whole(value):
        raise Refused(Result.BAD_REQUEST, "-32602")
    return str(value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= 64


def _call_id(request: WireRequest) -> str | int | None:
    try:
        found = _document(request).get("id")
    except Refused:
        return None
    return found if is_text(found, 64) or _is_whole(found) else None


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
