"""City24 as Systems of the contract: commandCall, and 24NonStop's signed parameters."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from fleet_payment_systems.providers.base import WireReply, WireRequest
from fleet_payment_systems.providers.city24 import City24
from tests.fleet_payment_systems.providers.support import (
    CANARY,
    Answer,
    System,
    account_of,
    bare,
    elements,
    get,
    major,
    post,
    tree,
)

LOGIN = "city24"
ACCOUNT = account_of("command_call", "UAH", "Europe/Kyiv", {"login": LOGIN}, password=CANARY)
NONSTOP = account_of(
    "nonstop24",
    "UAH",
    "Europe/Kyiv",
    {"service_id": "taxi", "sign_hash": "md5", "unsigned_amount": "refuse"},
    sign_secret=CANARY,
)
_SHAPES = (
    {"extTransactionID", "account", "result", "comment"},
    {"extTransactionID", "account", "result", "fields", "comment"},
)
_PLAIN = {"status_code", "time_stamp"}
_NONSTOP_SHAPES = (
    _PLAIN,
    _PLAIN | {"balance", "name", "account", "service_id", "abonplata", "min_amount", "max_amount"},
    _PLAIN | {"name", "account", "service_id", "abonplata", "min_amount", "max_amount"},
    _PLAIN | {"pay_id", "service_id", "amount", "description"},
    _PLAIN | {"transaction"},
)


def call(command: str, password: str = CANARY, **told: str) -> WireRequest:
    given = {"login": LOGIN, "password": password, "command": command, "transactionID": "12345"}
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in {**given, **told}.items())
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return post(f"{head}<commandCall>{inner}</commandCall>")


def pay(txn: str, account: str, minor: int, **more: str) -> WireRequest:
    told = {"payTimestamp": "20240517123045", "payID": txn, "payElementID": "1"}
    return call("pay", **{**told, "account": account, "amount": str(minor), **more})


def read(reply: WireReply) -> Answer:
    assert reply.status == 200
    found = elements(reply, "commandResponse")
    assert set(found) in _SHAPES
    assert re.fullmatch("0|[1-9][0-9]{0,18}", found["extTransactionID"])
    return Answer(
        found["result"], found["extTransactionID"].strip("0") and found["extTransactionID"]
    )


def strict(request: WireRequest) -> tuple[str, str, int] | None:
    try:
        root = tree(request.body)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    names = ("command", "payID", "account", "amount")
    found = {name: [each for each in root if each.tag == name] for name in names}
    if any(len(each) != 1 or len(each[0]) for each in found.values()):
        return None
    told = {name: (each[0].text or "").strip() for name, each in found.items()}
    if told["command"] != "pay" or not re.fullmatch("0|[1-9][0-9]*", told["amount"], re.ASCII):
        return None
    return told["payID"], told["account"], int(told["amount"])


MALFORMED = {
    "no xml": post("hello"),
    "another root": post("<call/>"),
    "no number": call("pay", account="100245", amount="100", payTimestamp="20240517123045"),
    "amount with a dot": pay("1", "100245", 0, amount="250.00"),
    "no account": pay("1", "", 100),
    "30 February": pay("1", "100245", 100, payTimestamp="20240230123045"),
    "unknown command": call("give", account="100245"),
}
CODES = {
    "ok": "0",
    "repeat": "0",
    "conflict": "300",
    "unknown": "5",
    "malformed": "4",
    "blocked": "79",
    "small": "241",
    "large": "242",
    "zero": "300",
    "down": "1",
    "bad link": "7",
    "bad login": "7",
    "not found": "300",
}


def sign(values: list[str], name: str = "md5", secret: str = CANARY) -> str:
    text = "_".join([*values, secret]).encode("utf-8", "replace")
    return hashlib.new(name, text, usedforsecurity=False).hexdigest().upper()


def act(number: str, **told: str) -> WireRequest:
    """A signed request; ACT 4 signs its amount too."""
    said = {"ACT": number, "SERVICE_ID": "taxi", **told}
    account = "" if number == "7" else said.get("PAY_ACCOUNT", "")
    values = [number, account, "taxi", said.get("PAY_ID", "")]
    signed = [*values, said.get("PAY_AMOUNT", "")] if number == "4" else values
    return get({**said, "SIGN": sign(signed)})


def sign_act(request: WireRequest) -> WireRequest:
    """The changed request, signed over what a reader of it would read."""
    pairs = parse_qsl(request.raw_query, keep_blank_values=True, errors="surrogateescape")
    found = dict(pairs)
    number, pay_id = found.get("ACT", ""), found.get("PAY_ID", "")
    account = "" if number == "7" else found.get("PAY_ACCOUNT", "")
    values = [number, account, found.get("SERVICE_ID", ""), pay_id]
    signed = [*values, found.get("PAY_AMOUNT", "")] if number == "4" else values
    kept = "&".join(each for each in request.raw_query.split("&") if each[:5] != "SIGN=")
    return replace(request, raw_query=f"{kept}&SIGN={sign(signed)}")


def act_pay(txn: str, account: str, minor: int) -> WireRequest:
    return act("4", PAY_ACCOUNT=account, PAY_ID=txn, PAY_AMOUNT=major(minor))


def read_act(reply: WireReply) -> Answer:
    later = bare(reply, 503)
    if later is not None:
        return later
    found = elements(reply, "pay-response")
    assert set(found) in _NONSTOP_SHAPES
    return Answer(found["status_code"])


def strict_act(request: WireRequest) -> tuple[str, str, int] | None:
    try:
        pairs = parse_qsl(request.raw_query, keep_blank_values=True, errors="strict")
    except ValueError:
        return None
    found: Mapping[str, str] = dict(pairs)
    amount = re.fullmatch(r"(0|[1-9][0-9]*)(?:\.([0-9]{1,2}))?", found.get("PAY_AMOUNT", ""), re.A)
    if len(found) != len(pairs) or found.get("ACT") != "4" or amount is None:
        return None
    minor = int(amount[1] + (amount[2] or "").ljust(2, "0"))
    return found.get("PAY_ID", ""), found.get("PAY_ACCOUNT", ""), minor


SYSTEMS = (
    System(
        provider=City24(),
        account=ACCOUNT,
        guarded=ACCOUNT,
        txn="7001",
        check=lambda account: call("check", payElementID="1", account=account),
        pay=pay,
        asks={
            "check_status": lambda txn: call("check_status", PayID=txn),
            "cancel": lambda txn: call("cancel", cancelPayID=txn, account="100245"),
        },
        forged=call("pay", password="guess", account="100245"),
        malformed=MALFORMED,
        read=read,
        codes=CODES,
        strict=strict,
        fields=("payID", "account", "amount", "payTimestamp"),
    ),
    System(
        provider=City24(),
        account=NONSTOP,
        guarded=NONSTOP,
        txn="7001",
        check=lambda account: act("1", PAY_ACCOUNT=account, PAY_ID="7001", TRADE_POINT="7523"),
        pay=act_pay,
        asks={"ACT 7": lambda txn: act("7", PAY_ID=txn)},
        forged=get("ACT=4&PAY_ACCOUNT=100245&SERVICE_ID=taxi&PAY_ID=1&PAY_AMOUNT=1.00&SIGN=0"),
        malformed={
            "no number": act("4", PAY_ACCOUNT="100245", PAY_AMOUNT="1.00"),
            "no account": act("4", PAY_ID="1", PAY_AMOUNT="1.00"),
            "comma": act("4", PAY_ACCOUNT="100245", PAY_ID="1", PAY_AMOUNT="1,00"),
            "no amount": act("4", PAY_ACCOUNT="100245", PAY_ID="1"),
            "unknown ACT": act("9", PAY_ID="1"),
        },
        read=read_act,
        codes={
            "ok": "22",
            "payable": "21",
            "repeat": "-100",
            "conflict": "-101",
            "unknown": "-40",
            "malformed": "-40",
            "blocked": "-40",
            "small": "-101",
            "large": "-101",
            "zero": "-101",
            "down": "503",
            "bad link": "-101",
            "bad login": "-101",
            "not found": "-10",
        },
        strict=strict_act,
        fields=("PAY_ID", "PAY_ACCOUNT", "PAY_AMOUNT"),
        sign=sign_act,
    ),
)
