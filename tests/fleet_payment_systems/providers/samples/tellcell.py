"""TellCell as a System of the contract, with the signature that it may agree on."""

from collections.abc import Mapping

from fleet_payment_systems.providers.base import WireReply, WireRequest
from fleet_payment_systems.providers.tellcell import TellCell
from tests.fleet_payment_systems.providers.samples.signed import md5, signed, signer, strictly
from tests.fleet_payment_systems.providers.support import (
    CANARY,
    Answer,
    System,
    account_of,
    elements,
    get,
    major,
)

ACCOUNT = account_of("param_xml", "AMD", "Asia/Yerevan")
SIGNED = account_of("param_xml", "AMD", "Asia/Yerevan", sign_secret=CANARY)
_NAMES = ("action", "number", "amount", "receipt", "date")
_SHAPES = (
    {"code"},
    {"code", "message"},
    {"code", "authcode", "date"},
)


def signature(found: Mapping[str, str]) -> str:
    return md5("".join(found.get(name, "") for name in _NAMES) + CANARY)


def say(action: str, **told: str) -> WireRequest:
    return signed({"action": action, **told}, "sign", signature)


def pay(txn: str, account: str, minor: int, **more: str) -> WireRequest:
    told = {"number": account, "amount": major(minor), "receipt": txn}
    return say("payment", **{**told, "date": "2026-11-20T12:00:00", **more})


def read(reply: WireReply) -> Answer:
    assert reply.status == 200
    found = elements(reply, "response")
    assert set(found) in _SHAPES
    return Answer(found["code"], found.get("authcode", ""))


SYSTEMS = (
    System(
        provider=TellCell(),
        account=SIGNED,
        guarded=SIGNED,
        txn="77001",
        check=lambda account: say("check", number=account, amount="250.00"),
        pay=pay,
        asks={
            "status": lambda txn: say("status", receipt=txn),
            "cancel": lambda txn: say("cancel", receipt=txn, mes="1"),
        },
        forged=get("action=payment&number=100245&amount=250.00&receipt=77001&sign=0"),
        malformed={
            "unknown action": say("foo"),
            "no action": say(""),
            "no amount": say("payment", number="100245", receipt="1"),
            "comma": say("payment", number="100245", amount="1,00", receipt="1"),
            "no number": say("payment", amount="1.00", receipt="1"),
            "no receipt": say("payment", number="100245", amount="1.00"),
            "words for a receipt": pay("abc", "100245", 1000),
            "30 February": pay("1", "100245", 1000, date="2026-02-30T12:00:00"),
            "another date": pay("1", "100245", 1000, date="20.11.2026"),
            "a short date": pay("1", "100245", 1000, date="2026-11-2T1:00:00"),
            "words for a type": pay("1", "100245", 1000, type="x"),
            "cancel of nothing": say("cancel"),
        },
        read=read,
        codes={
            "ok": "0",
            "repeat": "0",
            "conflict": "4",
            "conflict of amount": "3",
            "unknown": "2",
            "malformed": "2",
            "blocked": "2",
            "small": "3",
            "large": "3",
            "zero": "3",
            "down": "-3",
            "bad link": "10",
            "bad login": "-4",
            "not found": "6",
        },
        strict=strictly("receipt", "number", "amount", {"action": "payment"}),
        fields=("receipt", "number", "amount", "date"),
        sign=signer("sign", signature),
    ),
)
