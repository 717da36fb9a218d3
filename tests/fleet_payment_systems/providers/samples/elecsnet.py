"""Elecsnet's provisional contract as a System."""

import hashlib
import re
from dataclasses import replace
from urllib.parse import parse_qsl

from fleet_payment_systems.providers.base import WireReply, WireRequest
from fleet_payment_systems.providers.elecsnet import Elecsnet
from tests.fleet_payment_systems.providers.samples import osmp_family
from tests.fleet_payment_systems.providers.support import (
    CANARY,
    Answer,
    System,
    account_of,
    bare,
    elements,
    get,
    major,
)

SIGNED = ("type", "reqid", "amount", "auth_code", "date")
SETTINGS = {"amount_unit": "major", "sign_rule": "md5", "sign_fields": ",".join(SIGNED)}
ACCOUNT = account_of("provisional", "RUB", "Europe/Moscow", SETTINGS, sign_secret=CANARY)
SHAPES = ({"result", "comment"}, {"auth_code", "prv_txn", "result", "comment"})


def signed(**told: str) -> WireRequest:
    text = "".join(told.get(name, "") for name in SIGNED) + CANARY
    return get({**told, "sign": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()})


def sign(request: WireRequest) -> WireRequest:
    """The changed request, signed over what a reader of it would read."""
    pairs = parse_qsl(request.raw_query, keep_blank_values=True, errors="surrogateescape")
    found = {name: text for name, text in pairs if name in SIGNED}
    text = "".join(found.get(name, "") for name in SIGNED) + CANARY
    digest = hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    kept = "&".join(each for each in request.raw_query.split("&") if each[:5] != "sign=")
    return replace(request, raw_query=f"{kept}&sign={digest}")


def check(account: str) -> WireRequest:
    return signed(type="1", reqid=account, amount="250.00", currency="643")


def pay(txn: str, account: str, minor: int, **more: str) -> WireRequest:
    told = {"type": "2", "reqid": account, "amount": major(minor), "auth_code": txn}
    return signed(**told, **{"currency": "643", "date": "20240517123045", **more})


def read(reply: WireReply) -> Answer:
    refused = bare(reply, 403)
    if refused is not None:
        return refused
    found = elements(reply, "response")
    assert set(found) in SHAPES
    return Answer(found["result"], found.get("prv_txn", ""))


def strict(request: WireRequest) -> tuple[str, str, int] | None:
    try:
        pairs = parse_qsl(request.raw_query, keep_blank_values=True, errors="strict")
    except ValueError:
        return None
    found = dict(pairs)
    amount = re.fullmatch(r"(0|[1-9][0-9]*)(?:\.([0-9]{1,2}))?", found.get("amount", ""), re.A)
    if len(found) != len(pairs) or found.get("type") != "2" or amount is None:
        return None
    if not found.get("auth_code"):
        return None
    minor = int(amount[1] + (amount[2] or "").ljust(2, "0"))
    return found["auth_code"], found.get("reqid", ""), minor


MALFORMED = {
    "no such type": signed(type="9"),
    "no amount": signed(type="2", reqid="100245", auth_code="A1"),
    "no account": signed(type="2", amount="1.00", auth_code="A1"),
    "no number": signed(type="2", reqid="100245", amount="1.00"),
    "dollars": pay("A1", "100245", 100, currency="USD"),
    "comma": signed(type="2", reqid="100245", amount="1,00", auth_code="A1"),
}
SYSTEMS = (
    System(
        provider=Elecsnet(),
        account=ACCOUNT,
        guarded=ACCOUNT,
        txn="A7001",
        check=check,
        pay=pay,
        asks={},
        forged=replace(pay("A1", "100245", 100), raw_query="type=2&reqid=1&sign=0"),
        malformed=MALFORMED,
        read=read,
        codes={**osmp_family.CODES, "bad login": "403"},
        strict=strict,
        fields=("auth_code", "reqid", "amount", "date"),
        sign=sign,
    ),
)
