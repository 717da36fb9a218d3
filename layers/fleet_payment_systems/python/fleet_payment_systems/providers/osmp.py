"""The OSMP family, inbound: parameters in, XML out (protocols, osmp-family 1-4, 7).

One engine; what differs between the systems is data, a Dialect. A sum is in major units with a
dot unless the wallet says otherwise; a repeated payment is answered like the first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

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
from fleet_payment_systems.providers.answers import DECLARATION, number, refusal, tag
from fleet_payment_systems.providers.base import (
    TEXT_XML,
    Account,
    Field,
    Refused,
    Spec,
    WireReply,
    WireRequest,
)
from fleet_payment_systems.providers.forms import (
    amount,
    compact_text,
    compact_time,
    echoed,
    parameters,
)
from shared.money import Money
from shared.xml import escape

_TXN: Final = re.compile(r"[0-9]{1,32}", re.ASCII)
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_.-]{0,39}"

OSMP_CODES: Final[Mapping[Result, int]] = {
    Result.OK: 0,
    Result.DUPLICATE: 0,
    Result.IN_PROGRESS: 90,
    Result.TEMPORARY_ERROR: 1,
    Result.BAD_REQUEST: 300,
    Result.UNKNOWN_OPERATION: 300,
    Result.AUTH_FAILED: 7,
    Result.ACCOUNT_FORMAT: 4,
    Result.ACCOUNT_NOT_FOUND: 5,
    Result.ACCOUNT_BLOCKED: 79,
    Result.AMOUNT_INVALID: 300,
    Result.AMOUNT_TOO_SMALL: 241,
    Result.AMOUNT_TOO_LARGE: 242,
    Result.PAYMENT_FORBIDDEN: 7,
    Result.DUPLICATE_CONFLICT: 300,
    Result.TXN_NOT_FOUND: 300,
    Result.ALREADY_CANCELLED: 300,
    Result.CANCEL_FORBIDDEN: 251,
    Result.PASSWORD_WEAK: 300,
}
COMMENTS: Final[Mapping[Result, str]] = {
    Result.OK: "OK",
    Result.DUPLICATE: "OK",
    Result.IN_PROGRESS: "Payment is in progress",
    Result.TEMPORARY_ERROR: "Temporary error, repeat later",
    Result.BAD_REQUEST: "Incomplete request",
    Result.UNKNOWN_OPERATION: "Unknown command",
    Result.AUTH_FAILED: "Access denied",
    Result.ACCOUNT_FORMAT: "Wrong format of account",
    Result.ACCOUNT_NOT_FOUND: "Account not found",
    Result.ACCOUNT_BLOCKED: "Account is not active",
    Result.AMOUNT_INVALID: "Incomplete request",
    Result.AMOUNT_TOO_SMALL: "Sum is too small",
    Result.AMOUNT_TOO_LARGE: "Sum is too large",
    Result.PAYMENT_FORBIDDEN: "Payment is forbidden",
    Result.DUPLICATE_CONFLICT: "Transaction data differ",
    Result.TXN_NOT_FOUND: "Transaction not found",
    Result.ALREADY_CANCELLED: "Transaction is cancelled",
    Result.CANCEL_FORBIDDEN: "Cancel is impossible",
    Result.PASSWORD_WEAK: "Incomplete request",
}

# Not in QIWI's pages; operators of the same origin have them. A profile "…_extended" does.
_EXTENDED: Final[Mapping[str, type[Operation]]] = {"cancel": Cancel, "status": Query}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one system of the family says differently.

    `names` are of parameters (command, account, txn, sum, date) and of elements (root, id, prv);
    a wallet's setting `<name>_name` replaces one. `check`, `paid` and `failed` list the elements
    of those answers, in their order.
    """

    commands: Mapping[str, type[Operation]] = field(
        default_factory=lambda: {"check": Check, "pay": Pay, "getInfo": Check}
    )
    names: Mapping[str, str] = field(
        default_factory=lambda: {
            "command": "command",
            "account": "account",
            "txn": "txn_id",
            "sum": "sum",
            "date": "txn_date",
            "root": "response",
            "id": "osmp_txn_id",
            "prv": "prv_txn",
        }
    )
    txn: re.Pattern[str] = _TXN
    codes: Mapping[Result, int] = field(default_factory=lambda: OSMP_CODES)
    comments: Mapping[Result, str] = field(default_factory=lambda: COMMENTS)
    check: tuple[str, ...] = ("id", "result", "comment")
    paid: tuple[str, ...] = ("id", "prv", "sum", "result", "comment")
    failed: tuple[str, ...] = ("id", "result", "comment")
    content_type: str = TEXT_XML

    def command(self, text: str, account: Account) -> type[Operation] | None:
        more = _EXTENDED if account.profile.endswith("_extended") else {}
        return self.commands.get(text) or more.get(text)

    def answer(self, result: Result, account: Account | None) -> tuple[int, str]:
        """Code and comment. Some operators want a repeat answered like the first: a setting."""
        own = account.settings.get("repeat_code") if account is not None else None
        if result == Result.DUPLICATE and own == "0":
            result = Result.OK
        return self.codes[result], self.comments[result]

    def name(self, key: str, account: Account | None) -> str:
        own = account.settings.get(f"{key}_name") if account is not None else None
        return own or self.names[key]


# HTTP Basic is an option of the family: demanded when the wallet has a login.
BASIC: Final = (
    Field("login", required=False, help="HTTP Basic login, when the operator sends one"),
    Field("password", required=False, secret=True, help="its password"),
)


def renamed(*keys: str) -> tuple[Field, ...]:
    """Settings that replace a dialect's names where the operator's document differs."""
    return tuple(
        Field(f"{key}_name", required=False, pattern=_NAME, help=f"name of the {key}")
        for key in keys
    )


@dataclass(frozen=True, slots=True)
class Osmp:
    """An adapter of the family: `spec` for the dispatcher, `dialect` for the wire."""

    spec: Spec
    dialect: Dialect = field(default_factory=Dialect)

    def verify(self, request: WireRequest, account: Account) -> None:
        """The message carries no proof of its own; Basic when the wallet has a password."""
        if _has_login(account) and not logins.basic(request, account, "login"):
            raise Refused(Result.AUTH_FAILED)

    def decode(self, request: WireRequest, account: Account) -> Operation:
        found = parameters(request)

        def given(key: str) -> str | None:
            return found.get(self.dialect.name(key, account))

        kind = self.dialect.command(given("command") or "", account)
        if kind is None:
            raise Refused(Result.UNKNOWN_OPERATION)
        txn = given("txn") or ""
        if (txn or kind is not Check) and self.dialect.txn.fullmatch(txn) is None:
            raise Refused(Result.BAD_REQUEST)
        sum_text, date_text = given("sum"), given("date")
        money = None if sum_text is None else amount(sum_text, account.currency)
        if kind is Check:
            return Check(_required(given("account")), money, txn)
        if kind is Query:
            return Query(txn)
        if kind is Cancel:
            return Cancel(txn, given("account") or "", money)
        if money is None:
            raise Refused(Result.BAD_REQUEST)
        when = compact_time(date_text, account.timezone) if date_text else None
        return Pay(txn, _required(given("account")), money, when)

    def encode(
        self,
        request: WireRequest,
        account: Account | None,
        operation: Operation | None,
        outcome: Outcome,
        now: datetime,
    ) -> WireReply:
        if outcome.result == Result.AUTH_FAILED:
            # No document gives it a body, and a fatal code would end a genuine payment (1.2).
            return refusal(basic=account is not None and _has_login(account))
        code, comment = self.dialect.answer(outcome.result, account)
        elements = {
            "id": lambda: self._id(request, account),
            "prv": lambda: self._prv(outcome, account),
            "sum": lambda: _sum(operation, outcome),
            "ccy": lambda: _ccy(account),
            "result": lambda: tag("result", str(code)),
            "comment": lambda: tag("comment", comment),
            "name": lambda: _extra(outcome.name),
            "date": lambda: _date_field(outcome, account),
        }
        inner = "".join(elements[key]() for key in self._layout(operation, code))
        root = self.dialect.name("root", account)
        return WireReply(
            f"{DECLARATION}<{root}>{inner}</{root}>".encode(), self.dialect.content_type
        )

    def _layout(self, operation: Operation | None, code: int) -> tuple[str, ...]:
        if code != 0:
            return self.dialect.failed
        return self.dialect.check if isinstance(operation, Check) else self.dialect.paid

    def _id(self, request: WireRequest, account: Account | None) -> str:
        txn = echoed(request, self.dialect.name("txn", account), self.dialect.txn)
        return tag(self.dialect.name("id", account), txn)

    def _prv(self, outcome: Outcome, account: Account | None) -> str:
        return tag(self.dialect.name("prv", account), number(outcome))


def _has_login(account: Account) -> bool:
    return bool(account.settings.get("login")) or "password" in account.credentials


def _required(text: str | None) -> str:
    if not text:
        raise Refused(Result.BAD_REQUEST)
    return text


def _sum(operation: Operation | None, outcome: Outcome) -> str:
    told: Money | None = getattr(operation, "amount", None)
    money = outcome.transaction.amount if outcome.transaction is not None else told
    return tag("sum", str(money)) if money is not None else ""


def _ccy(account: Account | None) -> str:
    return tag("ccy", account.currency) if account is not None else ""


def _extra(name: str) -> str:
    return f'<info><extra name="Full Name">{escape(name)}</extra></info>' if name else ""


def _date_field(outcome: Outcome, account: Account | None) -> str:
    paid = outcome.transaction
    if account is None or paid is None or paid.provider_time is None:
        return ""
    text = compact_text(paid.provider_time, account.timezone)
    return f'<fields><field name="prv-date">{text}</field></fields>'
