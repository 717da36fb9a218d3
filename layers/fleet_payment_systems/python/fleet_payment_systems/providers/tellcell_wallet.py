"""Telcell Wallet's shop gateway, inbound: its callback to RESULT_URL (protocols, wallets-soap 2B).

A profile of TellCell. The park makes the bill with its own shop; `issuer_id` is base64 of
"<park>:<account>:<number>", which tells us whom the bill is for. All digests are MD5 over values
as they were sent, with nothing between them.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from fleet_payment_systems.operations import Check, Operation, Outcome, Pay, Query, Result
from fleet_payment_systems.providers import logins
from fleet_payment_systems.providers.answers import TEXT_PLAIN, refusal
from fleet_payment_systems.providers.base import Account, Field, Refused, WireReply, WireRequest
from fleet_payment_systems.providers.forms import amount, parameters, plausible, signed
from fleet_payment_systems.providers.osmp import COMMENTS

PROFILE: Final = "wallet"
FIELDS: Final = (
    Field("shop_key", secret=True, help="shop_key, as given by TellCell", profiles=(PROFILE,)),
)
_INVOICE: Final = re.compile(r"[0-9]{1,32}", re.ASCII)
_HEAD: Final = ("invoice", "issuer_id", "payment_id")
_TAIL: Final = ("currency", "sum", "time", "status")
_DRAMS: Final = frozenset({"51", "051"})
_UNPAID: Final = frozenset(
    {"REJECTED", "EXPIRED", "CANCELLED", "CANCELED", "CANCELLED FOR REPEAT", "CANCELED FOR REPEAT"}
)
_TIME: Final = "%Y-%m-%d %H:%M:%S"
_OK: Final = frozenset({Result.OK, Result.DUPLICATE})
_LATER: Final = frozenset({Result.TEMPORARY_ERROR, Result.IN_PROGRESS})


def spoken(request: WireRequest) -> bool:
    """Whether a request looks like this protocol's and not like a terminal's."""
    try:
        return "issuer_id" in parameters(request)
    except Refused:
        return False


def digest(shop_key: str, *values: str) -> str:
    text = "".join([shop_key, *values]).encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def verify(request: WireRequest, account: Account) -> None:
    """One text has `buyer` after `payment_id`, others have not: either is taken (2B)."""
    secret = account.credentials.get("shop_key")
    found = signed(request)
    if secret is None or not secret.reveal():
        raise Refused(Result.AUTH_FAILED)
    sent = found.get("checksum", "").lower()
    matches = [
        logins.same(sent, digest(secret.reveal(), *(found.get(name, "") for name in names)))
        for names in ((*_HEAD, *_TAIL), (*_HEAD, "buyer", *_TAIL))
    ]
    if not any(matches):
        raise Refused(Result.AUTH_FAILED)


def decode(request: WireRequest, account: Account) -> Operation:
    """A bill that is new is a question, one that ended unpaid is news that moves nothing."""
    found = parameters(request)
    invoice, status = found.get("invoice", ""), found.get("status", "")
    if _INVOICE.fullmatch(invoice) is None or found.get("currency") not in _DRAMS:
        raise Refused(Result.BAD_REQUEST)
    # The terminals of the same system have numbers of their own.
    txn = f"invoice-{invoice}"
    if status in _UNPAID:
        return Query(txn)
    payer, money = _payer(found), amount(found.get("sum", ""), account.currency)
    match status:
        case "PAID":
            return Pay(txn, payer, money, _when(found, account))
        case "NEW":
            return Check(payer, money, txn)
        case _:
            raise Refused(Result.BAD_REQUEST)


def encode(
    _request: WireRequest,
    account: Account | None,
    operation: Operation | None,
    outcome: Outcome,
    _now: datetime,
) -> WireReply:
    if outcome.result in _LATER:
        return WireReply(b"", TEXT_PLAIN, 503)
    if outcome.result == Result.AUTH_FAILED or account is None:
        return refusal()
    if outcome.result in _OK or isinstance(operation, Query):
        return WireReply(b"OK", TEXT_PLAIN)
    return WireReply(COMMENTS[outcome.result].encode(), TEXT_PLAIN, 400)


def _payer(found: Mapping[str, str]) -> str:
    """The account of a bill of ours. Raises Refused(ACCOUNT_NOT_FOUND)."""
    try:
        text = base64.b64decode(found.get("issuer_id", ""), validate=True).decode()
        _park, account, _number = text.split(":")
    except (binascii.Error, ValueError):
        raise Refused(Result.ACCOUNT_NOT_FOUND) from None
    return account


def _when(found: Mapping[str, str], account: Account) -> datetime | None:
    """The money has moved whatever the date says."""
    try:
        zone = ZoneInfo(account.timezone)
        local = datetime.strptime(found.get("time", ""), _TIME).replace(tzinfo=zone)
        return plausible(local.astimezone(UTC))
    except (ValueError, OverflowError):
        return None
