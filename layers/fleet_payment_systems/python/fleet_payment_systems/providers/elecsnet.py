"""Elecsnet, inbound, parameters in (protocols, osmp-family 7): no public document exists.

Whatever a wrong guess would falsify has no default: unit of the amount and rule of the signature.
A wallet without them cannot be enabled, and answers as for a bad signature (SPEC 0.3, 26).
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from fleet_payment_systems.operations import Check, Operation, Outcome, Pay, Result
from fleet_payment_systems.providers import logins
from fleet_payment_systems.providers.answers import DECLARATION, TEXT_PLAIN, number, refusal, tag
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
    compact_time,
    echoed,
    minor_amount,
    parameters,
    signed,
)
from fleet_payment_systems.providers.osmp import COMMENTS, OSMP_CODES

_TXN: Final = re.compile(r"[A-Za-z0-9-]{1,40}", re.ASCII)
_ROUBLES: Final = frozenset({"643", "810", "RUB", "RUR"})
_RULES: Final = ("md5", "sha1", "sha256", "hmac-sha256")
_UNITS: Final = ("major", "minor")
_PARAMETER: Final = "[A-Za-z_][A-Za-z0-9_]{0,39}"
_BAD: Final = "Bad request"


class Elecsnet:
    spec = Spec(
        code="elecsnet",
        title="Elecsnet terminals",
        country="RU",
        currencies=("RUB",),
        profiles=("provisional",),
        fields=(
            Field("sign_secret", secret=True, help="the shared secret of the signature"),
            Field("amount_unit", choices=_UNITS, help="roubles or kopecks"),
            Field("sign_rule", choices=_RULES, help="how the signature is computed"),
            Field(
                "sign_fields",
                pattern=f"{_PARAMETER}(,{_PARAMETER})*",
                help="the signed parameters in their order, joined by commas",
            ),
            Field("sign_separator", required=False, help="what stands between the signed values"),
            Field(
                "account_param",
                required=False,
                default="reqid",
                pattern=_PARAMETER,
                help="which parameter is the driver's account",
            ),
            Field(
                "txn_param",
                required=False,
                default="auth_code",
                pattern=_PARAMETER,
                help="which parameter is the payment's number",
            ),
            Field(
                "answer_form",
                required=False,
                default="xml",
                choices=("xml", "text"),
                help="how we answer: XML, or name=value pairs",
            ),
        ),
        methods=("GET", "POST"),
        instructions=(
            "Ask Elecsnet for its document first: the unit of amounts, the signature, which "
            "parameter is the account. Then give it the address {url}."
        ),
        confirmed=False,
    )

    def verify(self, request: WireRequest, account: Account) -> None:
        """`sign` over the values as they came, the secret last (or as the HMAC's key)."""
        secret = account.credentials.get("sign_secret")
        rule, names = account.settings.get("sign_rule"), account.settings.get("sign_fields")
        unit = account.settings.get("amount_unit")
        if secret is None or rule not in _RULES or unit not in _UNITS or not names:
            raise Refused(Result.AUTH_FAILED)
        found = signed(request)
        separator = account.settings.get("sign_separator", "")
        values = [found.get(name, "") for name in names.split(",")]
        expected = _digest(rule, separator, values, secret.reveal())
        if not logins.same(found.get("sign", "").lower(), expected):
            raise Refused(Result.AUTH_FAILED)

    def decode(self, request: WireRequest, account: Account) -> Operation:
        found = parameters(request)
        kind = found.get("type")
        payer = found.get(account.settings.get("account_param") or "reqid", "")
        if kind not in {"1", "2"} or not payer or found.get("currency", "643") not in _ROUBLES:
            raise Refused(Result.BAD_REQUEST)
        read = minor_amount if account.settings.get("amount_unit") == "minor" else amount
        money = read(found.get("amount", ""), account.currency)
        if kind == "1":
            return Check(payer, money)
        txn = found.get(account.settings.get("txn_param") or "auth_code", "")
        if _TXN.fullmatch(txn) is None:
            raise Refused(Result.BAD_REQUEST)
        return Pay(txn, payer, money, _when(found, account))

    def encode(
        self,
        request: WireRequest,
        account: Account | None,
        operation: Operation | None,
        outcome: Outcome,
        now: datetime,
    ) -> WireReply:
        if outcome.result == Result.AUTH_FAILED:
            return refusal()
        code = OSMP_CODES[outcome.result]
        comment = _BAD if operation is None and code == 300 else COMMENTS[outcome.result]
        answer = {"result": str(code), "comment": comment}
        if isinstance(operation, Pay) and code == 0:
            name = account.settings.get("txn_param") if account is not None else None
            txn = echoed(request, name or "auth_code", _TXN)
            answer = {"auth_code": txn, "prv_txn": number(outcome), **answer}
        if account is not None and account.settings.get("answer_form") == "text":
            return WireReply(urlencode(answer).encode(), TEXT_PLAIN)
        inner = "".join(tag(name, text) for name, text in answer.items())
        return WireReply(f"{DECLARATION}<response>{inner}</response>".encode(), TEXT_XML)


def _digest(rule: str, separator: str, values: list[str], secret: str) -> str:
    if rule == "hmac-sha256":
        return hmac.digest(secret.encode(), separator.join(values).encode(), "sha256").hex()
    text = separator.join([*values, secret]).encode()
    return hashlib.new(rule, text, usedforsecurity=False).hexdigest()


def _when(found: Mapping[str, str], account: Account) -> datetime | None:
    """The format is a guess: a date that is otherwise written must not stop a payment."""
    try:
        return compact_time(found.get("date", ""), account.timezone)
    except Refused:
        return None
