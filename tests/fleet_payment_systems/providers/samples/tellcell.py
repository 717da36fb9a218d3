"""TellCell as Systems of the contract: signed terminals, and the callback of its wallet."""

import base64
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
WALLET = account_of("wallet", "AMD", "Asia/Yerevan", shop_key=CANARY)
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


def bill(account: str) -> str:
    return base64.b64encode(f"park77:{account}:1".encode()).decode()


def checksum(found: Mapping[str, str]) -> str:
    names = ("invoice", "issuer_id", "payment_id", "currency", "sum", "time", "status")
    return md5(CANARY + "".join(found.get(name, "") for name in names))


def tell(status: str, account: str, **told: str) -> WireRequest:
    """A callback of the wallet's gateway."""
    said = {"invoice": "81234567", "issuer_id": bill(account), "payment_id": "990001"}
    rest = {"buyer": "37491000000", "currency": "51", "sum": "250.00"}
    more = {"time": "2026-11-20 12:00:00", "status": status}
    return signed({**said, **rest, **more, **told}, "checksum", checksum)


def _invoice(txn: str) -> str:
    return txn.removeprefix("invoice-")


def read_gateway(reply: WireReply) -> Answer:
    assert reply.content_type == "text/plain; charset=utf-8"
    if reply.status == 200:
        assert reply.body == b"OK"
        return Answer("OK")
    assert (reply.body == b"") == (reply.status != 400)
    assert reply.status in {400, 403, 503}
    return Answer(str(reply.status))


_PAID = strictly("invoice", "issuer_id", "sum", {"status": "PAID"})


def strict_gateway(request: WireRequest) -> tuple[str, str, int] | None:
    found = _PAID(request)
    try:
        return found and (
            *(f"invoice-{found[0]}", base64.b64decode(found[1]).decode().split(":")[1]),
            found[2],
        )
    except (ValueError, IndexError):
        return None


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
    System(
        provider=TellCell(),
        account=WALLET,
        guarded=WALLET,
        txn="invoice-81234567",
        check=lambda account: tell("NEW", account),
        pay=lambda txn, account, minor: tell(
            "PAID", account, invoice=_invoice(txn), sum=major(minor)
        ),
        asks={"REJECTED": lambda txn: tell("REJECTED", "100245", invoice=_invoice(txn))},
        forged=get({"invoice": "1", "issuer_id": bill("100245"), "checksum": "0"}),
        malformed={
            "an unknown status": tell("DONE", "100245"),
            "no status": tell("", "100245"),
            "another currency": tell("PAID", "100245", currency="840"),
            "no number": tell("PAID", "100245", invoice=""),
            "words for a number": tell("PAID", "100245", invoice="abc"),
            "comma": tell("PAID", "100245", sum="1,00"),
            "a bill that is none of ours": tell("PAID", "", issuer_id="eA=="),
            "no base64": tell("PAID", "", issuer_id="park77:100245:1"),
            "no sum": tell("PAID", "100245", sum=""),
        },
        read=read_gateway,
        codes={
            "ok": "OK",
            "repeat": "OK",
            **dict.fromkeys(("conflict", "unknown", "malformed", "blocked"), "400"),
            **dict.fromkeys(("small", "large", "zero"), "400"),
            "down": "503",
            "bad link": "403",
            "bad login": "403",
        },
        strict=strict_gateway,
        fields=("invoice", "issuer_id", "sum", "time"),
        sign=signer("checksum", checksum),
    ),
)
