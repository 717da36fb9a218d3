"""TellCell, inbound, parameters in, XML out (protocols, wallets-soap 2A): CyberPlat's family.

No document is public. `receipt` is the payment's number; a repeat is answered like the first,
byte for byte. Profile `wallet` is the gateway of its wallet, in a file of its own.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from fleet_payment_systems.operations import Cancel, Check, Operation, Outcome, Pay, Query, Result
from fleet_payment_systems.providers import logins, tellcell_wallet
from fleet_payment_systems.providers.answers import number, response, tag
from fleet_payment_systems.providers.base import (
    Account,
    Field,
    Refused,
    Spec,
    WireReply,
    WireRequest,
)
from fleet_payment_systems.providers.forms import amount, parameters, plausible, signed

_OWN: Final = ("param_xml",)
_DIGITS: Final = re.compile(r"[0-9]{1,32}", re.ASCII)
_TIME: Final = "%Y-%m-%dT%H:%M:%S"
_SIGNED: Final = ("action", "number", "amount", "receipt", "date")
_CODE: Final = "-?[1-9][0-9]{0,2}"
_WRONG_RECEIPT, _WRONG_DATE, _WRONG_TYPE, _FOREIGN = 4, 5, -2, 10
_CODES: Final[Mapping[Result, int]] = {
    Result.OK: 0,
    Result.DUPLICATE: 0,
    Result.IN_PROGRESS: -3,
    Result.TEMPORARY_ERROR: -3,
    Result.BAD_REQUEST: 1,
    Result.UNKNOWN_OPERATION: 1,
    Result.AUTH_FAILED: -4,
    Result.ACCOUNT_FORMAT: 2,
    Result.ACCOUNT_NOT_FOUND: 2,
    Result.ACCOUNT_BLOCKED: 2,
    Result.AMOUNT_INVALID: 3,
    Result.AMOUNT_TOO_SMALL: 3,
    Result.AMOUNT_TOO_LARGE: 3,
    Result.PAYMENT_FORBIDDEN: _FOREIGN,
    Result.DUPLICATE_CONFLICT: _WRONG_RECEIPT,
    Result.TXN_NOT_FOUND: 6,
    Result.ALREADY_CANCELLED: 7,
    Result.CANCEL_FORBIDDEN: 9,
    Result.PASSWORD_WEAK: 1,
}
_MESSAGES: Final[Mapping[int, str]] = {
    1: "Unknown request type",
    2: "Account not found",
    3: "Wrong amount",
    _WRONG_RECEIPT: "Wrong payment number",
    _WRONG_DATE: "Wrong date",
    6: "Payment not found",
    7: "Payment is cancelled",
    9: "Payment cannot be cancelled",
    _FOREIGN: "Access denied",
    _WRONG_TYPE: "Wrong type",
    -3: "Temporary error, repeat later",
    -4: "Signature check failed",
}


class TellCell:
    spec = Spec(
        code="tellcell",
        title="TellCell terminals",
        country="AM",
        currencies=("AMD",),
        profiles=(*_OWN, tellcell_wallet.PROFILE),
        fields=(
            Field(
                "sign_secret",
                required=False,
                secret=True,
                help="secret of sign, when agreed",
                profiles=_OWN,
            ),
            Field(
                "sign_separator",
                required=False,
                help="what stands between the signed values",
                profiles=_OWN,
            ),
            Field(
                "refusal_codes",
                required=False,
                pattern=f"{_CODE}={_CODE}(,{_CODE}={_CODE})*",
                help="other codes for our refusals: 2=5,3=7; none can become 0",
                profiles=_OWN,
            ),
            *tellcell_wallet.FIELDS,
        ),
        methods=("GET", "POST"),
        instructions=(
            "Give TellCell the address {url}. Nothing public describes its format: confirm names "
            "of parameters, codes and a signature; without one limit the wallet to its addresses. "
            "Or register it with TellCell as RESULT_URL of the park's shop (profile wallet)."
        ),
        confirmed=False,
    )

    def verify(self, request: WireRequest, account: Account) -> None:
        """MD5 over the values as they came, the secret last; no secret, no signature (2A)."""
        if account.profile == tellcell_wallet.PROFILE:
            tellcell_wallet.verify(request, account)
            return
        secret = account.credentials.get("sign_secret")
        if secret is None:
            return
        found = signed(request)
        values = [*(found.get(name, "") for name in _SIGNED), secret.reveal()]
        text = account.settings.get("sign_separator", "").join(values).encode()
        expected = hashlib.md5(text, usedforsecurity=False).hexdigest()
        sent = found.get("sign", found.get("checksum", "")).lower()
        if not logins.same(sent, expected):
            raise Refused(Result.AUTH_FAILED)

    def decode(self, request: WireRequest, account: Account) -> Operation:
        if account.profile == tellcell_wallet.PROFILE:
            return tellcell_wallet.decode(request, account)
        found = parameters(request)
        if found.get("type") and _DIGITS.fullmatch(found["type"]) is None:
            raise Refused(Result.BAD_REQUEST, str(_WRONG_TYPE))
        match found.get("action"):
            case "check":
                told = found.get("amount")
                money = None if told is None else amount(told, account.currency)
                return Check(_payer(found), money)
            case "payment":
                money = amount(found.get("amount", ""), account.currency)
                return Pay(_receipt(found), _payer(found), money, _when(found, account))
            case "status":
                return Query(_receipt(found))
            case "cancel":
                return Cancel(_receipt(found))
            case _:
                raise Refused(Result.UNKNOWN_OPERATION)

    def encode(
        self,
        request: WireRequest,
        account: Account | None,
        operation: Operation | None,
        outcome: Outcome,
        now: datetime,
    ) -> WireReply:
        if _of_wallet(request, account):
            return tellcell_wallet.encode(request, account, operation, outcome, now)
        code = _code(account, operation, outcome)
        if code:
            return response(tag("code", _told(code, account)) + tag("message", _MESSAGES[code]))
        name = tag("message", outcome.name) if isinstance(operation, Check) and outcome.name else ""
        return response(tag("code", "0") + _ours(outcome, account) + name)


def _of_wallet(request: WireRequest, account: Account | None) -> bool:
    """A bad link's wallet, and so its profile, is unknown: then the request tells."""
    if account is None:
        return tellcell_wallet.spoken(request)
    return account.profile == tellcell_wallet.PROFILE


def _code(account: Account | None, operation: Operation | None, outcome: Outcome) -> int:
    if outcome.detail:
        return int(outcome.detail)
    first = outcome.transaction
    match outcome.result:
        case Result.AUTH_FAILED if account is None:
            return _FOREIGN
        case Result.DUPLICATE_CONFLICT if isinstance(operation, Pay) and first is not None:
            return _WRONG_RECEIPT if first.account != operation.account else 3
        case Result.ALREADY_CANCELLED if isinstance(operation, Cancel):
            # What it wants is so: a cancel whose answer was lost comes again.
            return 0
        case _:
            return _CODES[outcome.result]


def _told(code: int, account: Account | None) -> str:
    own = account.settings.get("refusal_codes", "") if account is not None else ""
    return dict(pair.split("=") for pair in own.split(",") if pair).get(str(code), str(code))


def _ours(outcome: Outcome, account: Account | None) -> str:
    """Our number and the moment of acceptance, which never change."""
    if outcome.transaction is None or account is None:
        return ""
    accepted = outcome.transaction.created_at.astimezone(ZoneInfo(account.timezone))
    return tag("authcode", number(outcome)) + tag("date", accepted.strftime(_TIME))


def _payer(found: Mapping[str, str]) -> str:
    if not found.get("number"):
        raise Refused(Result.ACCOUNT_NOT_FOUND)
    return found["number"]


def _receipt(found: Mapping[str, str]) -> str:
    if _DIGITS.fullmatch(found.get("receipt", "")) is None:
        raise Refused(Result.BAD_REQUEST, str(_WRONG_RECEIPT))
    return found["receipt"]


def _when(found: Mapping[str, str], account: Account) -> datetime | None:
    told = found.get("date")
    if not told:
        return None
    try:
        local = datetime.strptime(told, _TIME).replace(tzinfo=ZoneInfo(account.timezone))
        if local.strftime(_TIME) != told:
            raise ValueError("not written as agreed")
        return plausible(local.astimezone(UTC))
    except (ValueError, OverflowError):
        raise Refused(Result.BAD_REQUEST, str(_WRONG_DATE)) from None
