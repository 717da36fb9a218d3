"""Paynet's SOAP 1.1 generation: document/literal, unqualified children, one operation a body."""

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
    Pay,
    Query,
    Result,
)
from fleet_payment_systems.providers import logins
from fleet_payment_systems.providers.answers import DECLARATION, number, tag
from fleet_payment_systems.providers.base import (
    TEXT_XML,
    Account,
    Refused,
    WireReply,
    WireRequest,
)
from fleet_payment_systems.providers.uzpaynet import (
    MESSAGES,
    SCALARS,
    Arguments,
    code_of,
    state_of,
)
from shared import xml

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SERVICE: Final = "http://uws.provider.com/"
FAULT: Final = "fault"
METHODS: Final = frozenset(
    {
        "GetInformation",
        "PerformTransaction",
        "CheckTransaction",
        "CancelTransaction",
        "GetStatement",
        "ChangePassword",
    }
)


def arguments(request: WireRequest) -> Arguments:
    """The one operation of the one Body. Raises Refused(BAD_REQUEST), told as a SOAP fault."""
    try:
        document = xml.parse(request.body, namespaces=True)
        body = _only(document, f"{ENVELOPE}:Envelope").get(f"{ENVELOPE}:Body")
        if not isinstance(body, Mapping) or len(body) != 1:
            raise xml.MalformedXml("not one operation")
        name, content = next(iter(body.items()))
        method = name.removeprefix(f"{SERVICE}:").removesuffix("Arguments")
        if name != f"{SERVICE}:{method}Arguments" or method not in METHODS:
            raise xml.MalformedXml("unknown operation")
        return _read(method, {} if content is None else content)
    except xml.MalformedXml:
        raise Refused(Result.BAD_REQUEST, FAULT) from None


def verify(request: WireRequest, account: Account) -> None:
    """Login and password stand in every body."""
    said = arguments(request)
    login, password = (said.scalars.get(name, "") for name in ("username", "password"))
    if not logins.same_pair(login, password, account, "username"):
        raise Refused(Result.AUTH_FAILED)


def encode(
    request: WireRequest,
    account: Account | None,
    operation: Operation | None,
    outcome: Outcome,
    now: datetime,
) -> WireReply:
    try:
        method = arguments(request).method
    except Refused:
        return _fault()
    zone = ZoneInfo(account.timezone if account is not None else "Asia/Tashkent")
    code = code_of(outcome, account)
    if isinstance(operation, Query) and outcome.transaction is not None:
        code = 0
    base = (
        tag("errorMsg", MESSAGES[code])
        + tag("status", str(code))
        + tag("timeStamp", now.astimezone(zone).isoformat(timespec="seconds"))
    )
    inner = base + _details(method, operation, outcome, code, zone)
    result = f'<ns2:{method}Result xmlns:ns2="{SERVICE}">{inner}</ns2:{method}Result>'
    return _envelope(result, 200)


def _only(node: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = node.get(name)
    if not isinstance(found, Mapping):
        raise xml.MalformedXml("no envelope")
    return found


def _read(method: str, content: object) -> Arguments:
    if not isinstance(content, Mapping):
        raise xml.MalformedXml("not an element of elements")
    scalars = {name: xml.scalar(content, name) or "" for name in content if name in SCALARS}
    rows = content.get("parameters") or []
    parameters: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else [rows]:
        if not isinstance(row, Mapping):
            raise xml.MalformedXml("a parameter is a pair")
        key = xml.scalar(row, "paramKey") or ""
        if key in parameters:
            raise xml.MalformedXml("a parameter twice")
        parameters[key] = xml.scalar(row, "paramValue") or ""
    return Arguments(method, scalars, parameters)


def _details(
    method: str, operation: Operation | None, outcome: Outcome, code: int, zone: ZoneInfo
) -> str:
    if method == "GetInformation":
        return _information(outcome) if isinstance(operation, Check) and code == 0 else ""
    if method == "PerformTransaction":
        shown = isinstance(operation, Pay) and code in {0, 201}
        return tag("providerTrnId", (number(outcome) if shown else "") or "0")
    if method == "CheckTransaction":
        return _state(outcome, code)
    if method == "CancelTransaction":
        state = state_of(outcome) if isinstance(operation, Cancel) else 3
        return tag("transactionState", str(state))
    return "".join(_statement(row, zone) for row in outcome.statement)


def _information(outcome: Outcome) -> str:
    shown = [("name", outcome.name), ("balance", str(outcome.balance or ""))]
    return "".join(
        f"<parameters>{tag('paramKey', key)}{tag('paramValue', value)}</parameters>"
        for key, value in shown
        if value
    )


def _state(outcome: Outcome, code: int) -> str:
    message = "Success" if code == 0 else MESSAGES[code]
    return (
        tag("providerTrnId", number(outcome) or "0")
        + tag("transactionState", str(state_of(outcome)))
        + tag("transactionStateErrorStatus", str(code))
        + tag("transactionStateErrorMsg", message)
    )


def _statement(row: Transaction, zone: ZoneInfo) -> str:
    told = (row.provider_time or row.created_at).astimezone(zone)
    inner = (
        tag("amount", str(row.amount.minor))
        + tag("providerTrnId", str(int(row.tx_id)))
        + tag("transactionId", row.txn)
        + tag("transactionTime", told.isoformat(timespec="seconds"))
    )
    return f"<statements>{inner}</statements>"


def _fault() -> WireReply:
    inner = "<faultcode>soapenv:Client</faultcode><faultstring>Bad request</faultstring>"
    return _envelope(f"<soapenv:Fault>{inner}</soapenv:Fault>", 500)


def _envelope(body: str, status: int) -> WireReply:
    head = f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE}"><soapenv:Body>'
    text = f"{DECLARATION}{head}{body}</soapenv:Body></soapenv:Envelope>"
    return WireReply(text.encode(), TEXT_XML, status)
