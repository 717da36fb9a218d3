"""EasyPay in Ukraine as a System of the contract: XML that is signed by RSA, in two phases."""

import re
from dataclasses import replace
from typing import Final
from xml.etree import ElementTree

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from fleet_payment_systems.providers.base import WireReply, WireRequest
from fleet_payment_systems.providers.easypay import Easypay
from tests.fleet_payment_systems.providers.support import (
    CANARY,
    Answer,
    System,
    account_of,
    elements,
    get,
    major,
    post,
    tree,
)


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)  # noqa: S505 - as the operator's own vector


THEIRS: Final = _key()
OURS: Final = _key()
STRANGER: Final = _key()
HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_FIRST = {"StatusCode", "StatusDetail", "DateTime"}
_SHAPES = (
    _FIRST,
    *(_FIRST | {name} for name in ("AccountInfo", "PaymentId", "OrderDate", "CancelDate")),
)


def public(key: rsa.RSAPrivateKey) -> str:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, kind).decode()


def private(key: rsa.RSAPrivateKey) -> str:
    kind = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, kind, plain).decode()


# What follows the key is no part of it; the canary is to be found nowhere.
ACCOUNT = account_of(
    "ukraine",
    "UAH",
    "Europe/Kyiv",
    {"service_id": "2431", "easypay_key": public(THEIRS)},
    own_key=f"{private(OURS)}{CANARY}\n",
)


def signed(text: str, key: rsa.RSAPrivateKey = THEIRS) -> str:
    """`text` with the signature of what it is without one."""
    raw = re.sub("<Sign>[^<]*</Sign>", "<Sign></Sign>", text).encode("utf-8", "surrogatepass")
    sign = key.sign(raw, padding.PKCS1v15(), hashes.SHA1()).hex().upper()  # noqa: S303
    return text.replace("<Sign></Sign>", f"<Sign>{sign}</Sign>")


def call(operation: str, key: rsa.RSAPrivateKey = THEIRS, **told: str) -> WireRequest:
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in told.items())
    body = f"<{operation}><ServiceId>2431</ServiceId>{inner}</{operation}>"
    return whole(f"<DateTime>2024-05-17T12:30:45</DateTime><Sign></Sign>{body}", key)


def whole(inner: str, key: rsa.RSAPrivateKey = THEIRS) -> WireRequest:
    return post(signed(f"{HEAD}<Request>{inner}</Request>", key))


def check(account: str) -> WireRequest:
    return call("Check", Account=account)


def pay(txn: str, account: str, minor: int) -> WireRequest:
    return call("Payment", OrderId=txn, Account=account, Amount=major(minor))


def sign(request: WireRequest) -> WireRequest:
    """With the signature of what its text is now, where there is one place for it."""
    try:
        text = request.body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return request
    emptied = re.sub("<Sign>[^<]*</Sign>", "<Sign></Sign>", text)
    if emptied.count("<Sign></Sign>") != 1:
        return request
    return replace(request, body=signed(emptied).encode("utf-8", "surrogatepass"))


def proven(reply: WireReply) -> bool:
    """Whether our own key has signed the answer, by the operator's rule."""
    (hexed,) = re.findall(rb"<Sign>([0-9A-F]+)</Sign></Response>$", reply.body)
    raw = reply.body.replace(hexed, b"")
    OURS.public_key().verify(
        bytes.fromhex(hexed.decode()),
        raw,
        padding.PKCS1v15(),
        hashes.SHA1(),  # noqa: S303
    )
    return True


def read(reply: WireReply) -> Answer:
    assert (reply.status, reply.content_type) == (200, "text/xml; charset=utf-8")
    found = elements(reply, "Response")
    assert "Sign" not in found or proven(reply)
    assert set(found) - {"Sign"} in _SHAPES
    assert [*found][:3] == ["StatusCode", "StatusDetail", "DateTime"]
    assert re.fullmatch(r"0|-[1-9][0-9]?", found["StatusCode"])
    return Answer(found["StatusCode"], found.get("PaymentId", ""))


def strict(request: WireRequest) -> tuple[str, str, int] | None:
    try:
        found = tree(request.body).findall("Payment")
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    if len(found) != 1:
        return None
    told = {each.tag: (each.text or "").strip() for each in found[0]}
    amount = re.fullmatch(r"(0|[1-9][0-9]*)(?:\.([0-9]{1,2}))?", told.get("Amount", ""), re.ASCII)
    if amount is None:
        return None
    minor = int(amount[1] + (amount[2] or "").ljust(2, "0"))
    return told.get("OrderId", ""), told.get("Account", ""), minor


_CHECK = "<Check><ServiceId>2431</ServiceId><Account>100245</Account></Check>"
_AT = "<DateTime>2024-05-17T12:30:45</DateTime>"
_EMPTY = "<Sign></Sign>"
MALFORMED = {
    "no body": ("-50", post("")),
    "a query": ("-50", get("Request=1")),
    "no xml": ("-51", post("hello")),
    "another root": ("-52", post(signed(f"{HEAD}<Order>{_EMPTY}</Order>"))),
    "a request of text": ("-52", post("<Request>1</Request>")),
    "two operations": ("-53", whole(f"{_AT}{_EMPTY}{_CHECK}<Confirm/>")),
    "no operation": ("-55", whole(f"{_AT}{_EMPTY}")),
    "an unknown operation": ("-55", call("Refund", PaymentId="1")),
    "an operation twice": ("-56", whole(f"{_AT}{_EMPTY}{_CHECK}{_CHECK}")),
    "an account twice": ("-56", call("Check", Account="1</Account><Account>2")),
    "an operation without children": ("-57", whole(f"{_AT}{_EMPTY}<Check/>")),
    "no account": ("-57", call("Check")),
    "no time": ("-57", whole(f"{_EMPTY}{_CHECK}")),
    "another service": ("-58", whole(f"{_AT}{_EMPTY}{_CHECK.replace('2431', '2432')}")),
    "30 February": ("-51", whole(f"<DateTime>2024-02-30T12:30:45</DateTime>{_EMPTY}{_CHECK}")),
    "an order of words": ("-51", pay("order-1", "100245", 25000)),
    "a number that is none of ours": ("-4", call("Confirm", PaymentId="p-1")),
}

SYSTEM = System(
    provider=Easypay(),
    account=ACCOUNT,
    guarded=ACCOUNT,
    txn="554433",
    check=check,
    pay=pay,
    asks={
        "Confirm": lambda number: call("Confirm", PaymentId=number),
        "Cancel": lambda number: call("Cancel", PaymentId=number),
    },
    forged=call("Check", STRANGER, Account="100245"),
    malformed={name: request for name, (_code, request) in MALFORMED.items()},
    read=read,
    codes={
        "ok": "0",
        "repeat": "0",
        "conflict": "-3",
        "unknown": "-1",
        "malformed": "-1",
        "blocked": "-2",
        "small": "-2",
        "large": "-2",
        "zero": "-2",
        "down": "-99",
        "bad link": "-95",
        "bad login": "-95",
        "not found": "-4",
    },
    strict=strict,
    fields=("OrderId", "Account", "Amount", "DateTime"),
    sign=sign,
)
