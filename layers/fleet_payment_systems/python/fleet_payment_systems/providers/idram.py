"""Idram, inbound: EDP_ parameters in, XML or the two letters OK out (protocols, wallets-soap 3).

Precheck and confirm are those of Idram's merchant interface; XML for its terminals is our
proposal. The bill number is the driver's account: a code that the park prints once.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from fleet_payment_systems.operations import Check, Operation, Outcome, Pay, Result
from fleet_payment_systems.providers import logins
from fleet_payment_systems.providers.answers import TEXT_PLAIN, number, refusal, response, tag
from fleet_payment_systems.providers.base import (
    Account,
    Field,
    Refused,
    Spec,
    WireReply,
    WireRequest,
)
from fleet_payment_systems.providers.forms import amount, parameters

MERCHANT: Final = "merchant_edp"
_TXN: Final = re.compile(r"[0-9A-Za-z]{1,32}", re.ASCII)
_REQUIRED: Final = ("EDP_BILL_NO", "EDP_REC_ACCOUNT", "EDP_AMOUNT")
_TEXTS: Final[Mapping[Result, tuple[int, str]]] = {
    Result.OK: (0, "OK"),
    Result.DUPLICATE: (0, "OK"),
    Result.IN_PROGRESS: (-3, "Try again later"),
    Result.TEMPORARY_ERROR: (-3, "Try again later"),
    Result.BAD_REQUEST: (4, "Bad request"),
    Result.UNKNOWN_OPERATION: (4, "Bad request"),
    Result.AUTH_FAILED: (-4, "EDP_CHECKSUM not correct"),
    Result.ACCOUNT_FORMAT: (2, "Unknown EDP_BILL_NO"),
    Result.ACCOUNT_NOT_FOUND: (2, "Unknown EDP_BILL_NO"),
    Result.ACCOUNT_BLOCKED: (2, "EDP_BILL_NO takes no payments"),
    Result.AMOUNT_INVALID: (3, "EDP_AMOUNT not correct"),
    Result.AMOUNT_TOO_SMALL: (3, "EDP_AMOUNT is too small"),
    Result.AMOUNT_TOO_LARGE: (3, "EDP_AMOUNT is too large"),
    Result.PAYMENT_FORBIDDEN: (2, "EDP_REC_ACCOUNT takes no payments"),
    Result.DUPLICATE_CONFLICT: (4, "EDP_TRANS_ID is known with other data"),
    Result.TXN_NOT_FOUND: (4, "Bad request"),
    Result.ALREADY_CANCELLED: (4, "EDP_TRANS_ID is cancelled"),
    Result.CANCEL_FORBIDDEN: (4, "Bad request"),
    Result.PASSWORD_WEAK: (4, "Bad request"),
}
_LATER: Final = -3


class Idram:
    spec = Spec(
        code="idram",
        title="Idram",
        country="AM",
        currencies=("AMD",),
        profiles=("param_xml", MERCHANT),
        fields=(
            Field("rec_account", pattern="[0-9]{1,20}", help="the merchant's IdramID"),
            Field("sign_secret", secret=True, help="SECRET_KEY, as registered with Idram"),
        ),
        methods=("GET", "POST"),
        instructions=(
            "Register {url} with Idram as RESULT_URL (profile merchant_edp), with SECRET_KEY and "
            "an EMAIL that somebody reads. For terminals that want XML confirm the format first."
        ),
        confirmed=False,
    )

    def verify(self, request: WireRequest, account: Account) -> None:
        """A confirm carries EDP_CHECKSUM; a precheck has none and moves nothing (3A)."""
        found = parameters(request)
        known = account.settings.get("rec_account", "")
        if any(not found.get(name) for name in _REQUIRED):
            raise Refused(Result.BAD_REQUEST)
        if not known or not logins.same(found["EDP_REC_ACCOUNT"], known):
            raise Refused(Result.AUTH_FAILED)
        if _asks(found):
            return
        if not found.get("EDP_TRANS_ID"):
            raise Refused(Result.BAD_REQUEST)
        secret = account.credentials.get("sign_secret")
        if secret is None or not secret.reveal():
            raise Refused(Result.AUTH_FAILED)
        expected = _checksum(found, known, secret.reveal())
        if not logins.same(found.get("EDP_CHECKSUM", "").lower(), expected):
            raise Refused(Result.AUTH_FAILED)

    def decode(self, request: WireRequest, account: Account) -> Operation:
        """The date is signed but not read: whatever it says, the money has moved."""
        found = parameters(request)
        payer, money = found["EDP_BILL_NO"], amount(found["EDP_AMOUNT"], account.currency)
        if _asks(found):
            return Check(payer, money)
        if "EDP_PRECHECK" in found or _TXN.fullmatch(found["EDP_TRANS_ID"]) is None:
            raise Refused(Result.BAD_REQUEST)
        return Pay(found["EDP_TRANS_ID"], payer, money)

    def encode(
        self,
        request: WireRequest,
        account: Account | None,
        operation: Operation | None,
        outcome: Outcome,
        now: datetime,
    ) -> WireReply:
        code, text = _TEXTS[outcome.result]
        if account is None:
            # Nobody knows which of the two is wanted.
            known = outcome.result != Result.AUTH_FAILED
            return WireReply(b"", TEXT_PLAIN, 503) if known else refusal()
        if account.profile == MERCHANT:
            return WireReply(text.encode(), TEXT_PLAIN, 503 if code == _LATER else 200)
        paid = tag("authcode", number(outcome)) if code == 0 and outcome.transaction else ""
        return response(tag("code", str(code)) + tag("message", text) + paid)


def _asks(found: Mapping[str, str]) -> bool:
    return found.get("EDP_PRECHECK") == "YES"


def _checksum(found: Mapping[str, str], account: str, secret: str) -> str:
    names = ("EDP_BILL_NO", "EDP_PAYER_ACCOUNT", "EDP_TRANS_ID", "EDP_TRANS_DATE")
    rest = [found.get(name, "") for name in names]
    text = ":".join([account, found["EDP_AMOUNT"], secret, *rest])
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
