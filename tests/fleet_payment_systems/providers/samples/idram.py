"""Idram as Systems of the contract: XML, and the merchant interface's OK."""

from collections.abc import Mapping
from dataclasses import replace

from fleet_payment_systems.providers.base import WireReply, WireRequest
from fleet_payment_systems.providers.idram import Idram
from tests.fleet_payment_systems.providers.samples.signed import md5, signed, signer, strictly
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

REC = "100000114"
ACCOUNT = account_of("param_xml", "AMD", "Asia/Yerevan", {"rec_account": REC}, sign_secret=CANARY)
MERCHANT = replace(ACCOUNT, profile="merchant_edp")
CHECKSUM = "EDP_CHECKSUM"
_SHAPES = ({"code", "message"}, {"code", "message", "authcode"})
_TEXTS = {
    "OK",
    "Bad request",
    "Unknown EDP_BILL_NO",
    "EDP_BILL_NO takes no payments",
    "EDP_REC_ACCOUNT takes no payments",
    "EDP_AMOUNT not correct",
    "EDP_AMOUNT is too small",
    "EDP_AMOUNT is too large",
    "EDP_CHECKSUM not correct",
    "EDP_TRANS_ID is known with other data",
    "EDP_TRANS_ID is cancelled",
    "Try again later",
}


def signature(found: Mapping[str, str], secret: str = CANARY) -> str:
    names = ("EDP_BILL_NO", "EDP_PAYER_ACCOUNT", "EDP_TRANS_ID", "EDP_TRANS_DATE")
    rest = [found.get(name, "") for name in names]
    return md5(":".join([REC, found.get("EDP_AMOUNT", ""), secret, *rest]))


def check(account: str, amount: str = "250.00", rec: str = REC) -> WireRequest:
    told = {"EDP_PRECHECK": "YES", "EDP_BILL_NO": account, "EDP_REC_ACCOUNT": rec}
    return get({**told, "EDP_AMOUNT": amount})


def pay(txn: str, account: str, minor: int, **more: str) -> WireRequest:
    told = {
        "EDP_BILL_NO": account,
        "EDP_REC_ACCOUNT": REC,
        "EDP_PAYER_ACCOUNT": "200000222",
        "EDP_AMOUNT": major(minor),
        "EDP_TRANS_ID": txn,
        "EDP_TRANS_DATE": "20/11/2026",
        **more,
    }
    given = {name: text for name, text in told.items() if text}
    return signed(given, CHECKSUM, signature)


def read(reply: WireReply) -> Answer:
    refused = bare(reply, 403, 503)
    if refused is not None:
        return refused
    found = elements(reply, "response")
    assert set(found) in _SHAPES
    return Answer(found["code"], found.get("authcode", ""))


def read_text(reply: WireReply) -> Answer:
    text = reply.body.decode()
    if not text:
        assert reply.status in {403, 503}
        return Answer(str(reply.status))
    assert text in _TEXTS
    assert reply.status == (503 if text == "Try again later" else 200)
    return Answer(text)


XML = System(
    provider=Idram(),
    account=ACCOUNT,
    guarded=ACCOUNT,
    txn="12345678901234",
    check=check,
    pay=pay,
    asks={},
    forged=replace(
        pay("1", "100245", 1000),
        raw_query=pay("1", "100245", 1000).raw_query.partition("&EDP_CHECKSUM")[0]
        + f"&EDP_CHECKSUM={'0' * 32}",
    ),
    malformed={
        "no number": pay("", "100245", 1000),
        "no account": pay("1", "", 1000),
        "no amount": pay("1", "100245", 1000, EDP_AMOUNT=""),
        "comma": pay("1", "100245", 1000, EDP_AMOUNT="1,00"),
        "no merchant": pay("1", "100245", 1000, EDP_REC_ACCOUNT=""),
        "neither a precheck nor a confirm": pay("1", "100245", 1000, EDP_PRECHECK="NO"),
        "a number of signs": pay("1-2", "100245", 1000),
        "a precheck without an amount": check("100245", amount=""),
        "a precheck for another merchant": check("100245", rec="1"),
    },
    read=read,
    codes={
        "ok": "0",
        "repeat": "0",
        "conflict": "4",
        "unknown": "2",
        "malformed": "2",
        "blocked": "2",
        "small": "3",
        "large": "3",
        "zero": "3",
        "down": "-3",
        "bad link": "403",
        "bad login": "-4",
        "not found": "4",
    },
    strict=strictly("EDP_TRANS_ID", "EDP_BILL_NO", "EDP_AMOUNT", {"EDP_PRECHECK": None}),
    fields=("EDP_TRANS_ID", "EDP_BILL_NO", "EDP_AMOUNT"),
    sign=signer(CHECKSUM, signature),
)
TEXT = replace(
    XML,
    account=MERCHANT,
    guarded=MERCHANT,
    read=read_text,
    codes={
        "ok": "OK",
        "repeat": "OK",
        "conflict": "EDP_TRANS_ID is known with other data",
        "unknown": "Unknown EDP_BILL_NO",
        "malformed": "Unknown EDP_BILL_NO",
        "blocked": "EDP_BILL_NO takes no payments",
        "small": "EDP_AMOUNT is too small",
        "large": "EDP_AMOUNT is too large",
        "zero": "EDP_AMOUNT not correct",
        "down": "Try again later",
        "bad link": "403",
        "bad login": "EDP_CHECKSUM not correct",
    },
)
SYSTEMS = (XML, TEXT)
