"""City24, inbound: XML commandCall in, commandResponse out (protocols, osmp-family 5a).

Amounts are whole kopecks; the payment's number is payID. Profile `nonstop24` is its sister's
signed protocol, in a file of its own.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from fleet_payment_systems.operations import Cancel, Check, Operation, Outcome, Pay, Query, Result
from fleet_payment_systems.providers import logins, nonstop24
from fleet_payment_systems.providers.answers import DECLARATION, number, tag
from fleet_payment_systems.providers.base import (
    TEXT_XML,
    Account,
    Field,
    Refused,
    Spec,
    WireReply,
    WireRequest,
)
from fleet_payment_systems.providers.forms import compact_time, minor_amount
from fleet_payment_systems.providers.osmp import COMMENTS, OSMP_CODES
from shared import xml
from shared.money import Money

_OWN: Final = ("command_call",)
_DIGITS: Final = re.compile(r"[0-9]{1,32}", re.ASCII)
_NAMES: Final = frozenset(
    {"login", "password", "command", "transactionID", "payElementID", "account", "payID"}
    | {"payTimestamp", "amount", "userEnterAmount", "cancelPayID", "PayID"}
)
_CODES: Final = {
    **OSMP_CODES,
    Result.AUTH_FAILED: 7,
    Result.CANCEL_FORBIDDEN: 7,
}
_COMMENTS: Final = {
    **COMMENTS,
    Result.AUTH_FAILED: "Wrong login or password",
    Result.BAD_REQUEST: "Bad request",
    Result.AMOUNT_INVALID: "Bad request",
    Result.CANCEL_FORBIDDEN: "Cancel is not supported",
}
# Nothing of a request that could not be read is repeated.
_UNREAD: Final = frozenset({Result.BAD_REQUEST, Result.AMOUNT_INVALID})


class City24:
    spec = Spec(
        code="city24",
        title="City24",
        country="UA",
        currencies=("UAH",),
        profiles=(*_OWN, nonstop24.PROFILE),
        fields=(
            Field("login", help="the login City24 will send", profiles=_OWN),
            Field("password", secret=True, help="its password", profiles=_OWN),
            Field(
                "pay_element_id",
                required=False,
                pattern="[0-9]{1,10}",
                help="refuse others",
                profiles=_OWN,
            ),
            *nonstop24.FIELDS,
        ),
        methods=("GET", "POST"),
        instructions=(
            "Give City24 the address {url} with login and password of this wallet (profile "
            "command_call), or with the service id and the secret of its signature (nonstop24)."
        ),
        confirmed=True,
    )

    def verify(self, request: WireRequest, account: Account) -> None:
        if account.profile == nonstop24.PROFILE:
            nonstop24.verify(request, account)
            return
        call = _call(request)
        login, password = call.get("login", ""), call.get("password", "")
        if not logins.same_pair(login, password, account, "login"):
            raise Refused(Result.AUTH_FAILED)

    def decode(self, request: WireRequest, account: Account) -> Operation:
        if account.profile == nonstop24.PROFILE:
            return nonstop24.decode(request, account)
        call = _call(request)
        read = _COMMANDS.get(call.get("command", ""))
        if read is None:
            raise Refused(Result.UNKNOWN_OPERATION)
        element = account.settings.get("pay_element_id")
        if element and call.get("payElementID", element) != element:
            raise Refused(Result.PAYMENT_FORBIDDEN)
        _digits(call, "transactionID")
        return read(call, account)

    def encode(
        self,
        request: WireRequest,
        account: Account | None,
        operation: Operation | None,
        outcome: Outcome,
        now: datetime,
    ) -> WireReply:
        """A bad link's wallet, and so its profile, is unknown: then the request tells."""
        other = account.profile == nonstop24.PROFILE if account is not None else None
        if other or (other is None and nonstop24.spoken(request)):
            return nonstop24.encode(request, account, operation, outcome, now)
        code = _CODES[outcome.result]
        known = code == 0 and not isinstance(operation, Check)
        shown = known or outcome.result in {Result.CANCEL_FORBIDDEN, Result.IN_PROGRESS}
        parts = [
            tag("extTransactionID", (number(outcome) if shown else "") or "0"),
            tag("account", "" if outcome.result in _UNREAD else _account(request)),
            tag("result", str(code)),
            _fields(outcome) if isinstance(operation, Check) else "",
            tag("comment", _COMMENTS[outcome.result]),
        ]
        body = f"{DECLARATION}<commandResponse>{''.join(parts)}</commandResponse>"
        return WireReply(body.encode(), TEXT_XML)


def _call(request: WireRequest) -> Mapping[str, str]:
    """The scalars of the one commandCall. Raises Refused(BAD_REQUEST)."""
    try:
        document = xml.parse(request.body)
        root = document.get("commandCall")
        if not isinstance(root, Mapping):
            raise xml.MalformedXml("no commandCall")
        return {name: xml.scalar(root, name) or "" for name in root if name in _NAMES}
    except xml.MalformedXml:
        raise Refused(Result.BAD_REQUEST) from None


def _digits(call: Mapping[str, str], name: str) -> str:
    value = call.get(name, "")
    if _DIGITS.fullmatch(value) is None:
        raise Refused(Result.BAD_REQUEST)
    return value


def _payer(call: Mapping[str, str]) -> str:
    if not call.get("account"):
        raise Refused(Result.BAD_REQUEST)
    return call["account"]


def _kopecks(call: Mapping[str, str], name: str, account: Account) -> Money | None:
    return minor_amount(call[name], account.currency) if call.get(name) else None


def _check(call: Mapping[str, str], account: Account) -> Operation:
    return Check(_payer(call), _kopecks(call, "userEnterAmount", account))


def _pay(call: Mapping[str, str], account: Account) -> Operation:
    amount = minor_amount(call.get("amount", ""), account.currency)
    when = compact_time(call.get("payTimestamp", ""), account.timezone)
    return Pay(_digits(call, "payID"), _payer(call), amount, when)


def _cancel(call: Mapping[str, str], account: Account) -> Operation:
    amount = _kopecks(call, "amount", account)
    return Cancel(_digits(call, "cancelPayID"), call.get("account", ""), amount)


def _status(call: Mapping[str, str], _account: Account) -> Operation:
    return Query(_digits(call, "PayID"))


_COMMANDS: Final[Mapping[str, Callable[[Mapping[str, str], Account], Operation]]] = {
    "check": _check,
    "pay": _pay,
    "cancel": _cancel,
    "check_status": _status,
    "status": _status,
}


def _account(request: WireRequest) -> str:
    try:
        return _call(request).get("account", "")
    except Refused:
        return ""


def _fields(outcome: Outcome) -> str:
    if outcome.result != Result.OK:
        return ""
    shown = [("FIO", outcome.name), ("Balance", str(outcome.balance or ""))]
    filled = [(name, text) for name, text in shown if text]
    inner = "".join(
        f'<field{place} name="{name}">{xml.escape(text)}</field{place}>'
        for place, (name, text) in enumerate(filled, 1)
    )
    return f"<fields>{inner}</fields>" if inner else ""
