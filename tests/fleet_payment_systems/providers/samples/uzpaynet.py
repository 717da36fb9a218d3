"""Paynet as Systems of the contract: SOAP and JSON-RPC."""

import json
import re
from typing import Any
from xml.etree import ElementTree

from fleet_payment_systems.providers.base import WireReply, WireRequest
from fleet_payment_systems.providers.uzpaynet_system import UzPaynet
from tests.fleet_payment_systems.providers.support import (
    CANARY,
    Answer,
    System,
    account_of,
    bare,
    basic,
    post,
    tree,
)

LOGIN, KEY = "paynet77", "clientid"
SETTINGS = {"username": LOGIN, "service_id": "1", "account_key": KEY}
SOAP = account_of("soap", "UZS", "Asia/Tashkent", SETTINGS, password=CANARY)
RPC = account_of("json_rpc", "UZS", "Asia/Tashkent", SETTINGS, password=CANARY)
ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
SERVICE = "{http://uws.provider.com/}"
_BASE = {"errorMsg", "status", "timeStamp"}
_STATE = {"transactionState", "transactionStateErrorStatus", "transactionStateErrorMsg"}
_SHAPES = {
    "GetInformation": (_BASE, _BASE | {"parameters"}),
    "PerformTransaction": (_BASE | {"providerTrnId"},),
    "CheckTransaction": (_BASE | {"providerTrnId"} | _STATE,),
    "CancelTransaction": (_BASE | {"transactionState"},),
    "GetStatement": (_BASE, _BASE | {"statements"}),
    "ChangePassword": (_BASE,),
}
_REPEATED = {"parameters", "statements"}
TIME = "2026-11-20T17:01:02.123456789+05:00"
PERIOD = {"dateFrom": "2020-01-01T00:00:00+05:00", "dateTo": "2030-01-01T00:00:00+05:00"}


def envelope(body: str) -> WireRequest:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    inner = f"<soapenv:Body>{body}</soapenv:Body>"
    return post(f'{head}<soapenv:Envelope xmlns:soapenv="{soap}">{inner}</soapenv:Envelope>')


def soap(method: str, payer: str = "", password: str = CANARY, **told: str) -> WireRequest:
    row = f"<paramKey>{KEY}</paramKey><paramValue>{payer}</paramValue>"
    given = {"password": password, "username": LOGIN, "serviceId": "1", **told}
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in given.items())
    rows = f"<parameters>{row}</parameters>" if payer else ""
    opened = f'<ns1:{method}Arguments xmlns:ns1="http://uws.provider.com/">'
    return envelope(f"{opened}{inner}{rows}</ns1:{method}Arguments>")


def perform(txn: str, payer: str, minor: int, **more: str) -> WireRequest:
    told = {"amount": str(minor), "transactionId": txn, "transactionTime": TIME}
    return soap("PerformTransaction", payer, **{**told, **more})


def read(reply: WireReply) -> Answer:
    top = tree(reply.body)
    assert top.tag == f"{ENVELOPE}Envelope"
    (body,) = top
    (content,) = body
    if content.tag == f"{ENVELOPE}Fault":
        assert reply.status == 500
        return Answer("fault")
    assert reply.status == 200
    method = content.tag.removeprefix(SERVICE).removesuffix("Result")
    names = [child.tag for child in content if child.tag not in _REPEATED]
    assert len(set(names)) == len(names)
    assert {child.tag for child in content} in _SHAPES[method]
    number = content.findtext("providerTrnId", "")
    return Answer(content.findtext("status", ""), "" if number == "0" else number)


def strict(request: WireRequest) -> tuple[str, str, int] | None:
    try:
        top = tree(request.body)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    calls = top.findall(f"{ENVELOPE}Body/*")
    if len(calls) != 1 or calls[0].tag != f"{SERVICE}PerformTransactionArguments":
        return None
    amounts, ids = calls[0].findall("amount"), calls[0].findall("transactionId")
    payers = [
        row.findtext("paramValue", "").strip()
        for row in calls[0].findall("parameters")
        if row.findtext("paramKey", "").strip() == KEY
    ]
    if (len(amounts), len(ids), len(payers)) != (1, 1, 1) or len(amounts[0]) or len(ids[0]):
        return None
    amount, txn = (amounts[0].text or "").strip(), (ids[0].text or "").strip()
    if re.fullmatch("0|[1-9][0-9]*", amount, re.ASCII) is None:
        return None
    return txn, payers[0], int(amount)


def rpc(method: str, params: dict[str, Any], password: str = CANARY, id_: Any = 7) -> WireRequest:
    call = {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}
    return post(json.dumps(call), authorization=basic(LOGIN, password))


def rpc_perform(txn: str, payer: str, minor: int) -> WireRequest:
    told = {"serviceId": 1, "amount": minor, "transactionId": int(txn), "fields": {KEY: payer}}
    return rpc("PerformTransaction", told)


def read_rpc(reply: WireReply) -> Answer:
    refused = bare(reply, 401)
    if refused is not None:
        return refused
    found = json.loads(reply.body)
    assert found.pop("jsonrpc") == "2.0"
    assert isinstance(found.pop("id"), int | str | None)
    if "error" in found:
        assert set(found) == {"error"}
        assert set(found["error"]) == {"code", "message"}
        return Answer(str(found["error"]["code"]))
    assert set(found) == {"result"}
    result = found["result"]
    shapes = (
        {"status", "timestamp", "fields"},
        {"status", "timestamp"},
        {"providerTrnId", "timestamp", "fields"},
        {"providerTrnId", "timestamp", "transactionState"},
        {"statements"},
    )
    assert set(result) in shapes
    return Answer("0", str(result.get("providerTrnId") or ""))


def strict_rpc(request: WireRequest) -> tuple[str, str, int] | None:
    try:
        found = json.loads(request.body)
        params = found["params"]
        if found["method"] != "PerformTransaction":
            return None
        amount, txn = str(params["amount"]), str(params["transactionId"])
        if re.fullmatch("0|[1-9][0-9]*", amount, re.ASCII) is None:
            return None
        return txn, str(params["fields"][KEY]), int(amount)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


SOAP_CODES = {
    "ok": "0",
    "repeat": "201",
    "conflict": "401",
    "unknown": "302",
    "malformed": "302",
    "blocked": "501",
    "small": "413",
    "large": "413",
    "zero": "413",
    "down": "100",
    "bad link": "601",
    "bad login": "412",
    "not found": "203",
}
SYSTEMS = (
    System(
        provider=UzPaynet(),
        account=SOAP,
        guarded=SOAP,
        txn="9007001",
        check=lambda account: soap("GetInformation", account),
        pay=perform,
        asks={
            "CheckTransaction": lambda txn: soap("CheckTransaction", transactionId=txn),
            "CancelTransaction": lambda txn: soap("CancelTransaction", transactionId=txn),
            "GetStatement": lambda _: soap("GetStatement", **PERIOD),
            "ChangePassword": lambda _: soap("ChangePassword", newPassword="another-pw"),
        },
        forged=perform("1", "100042", 15000, password="guess"),
        malformed={
            "no xml": post("hello"),
            "unknown operation": soap("Perform"),
            "no transactionId": soap("PerformTransaction", "100042", amount="15000"),
            "no account": perform("1", "", 15000),
            "a dot": perform("1", "100042", 1, amount="150.00"),
            "bad time": perform("1", "100042", 15000, transactionTime="yesterday"),
            "30 February": perform("1", "100042", 1, transactionTime="2026-02-30T00:00:00Z"),
            "another service": perform("1", "100042", 15000, serviceId="2"),
        },
        read=read,
        codes=SOAP_CODES,
        strict=strict,
        fields=("transactionId", "paramValue", "amount", "transactionTime"),
    ),
    System(
        provider=UzPaynet(),
        account=RPC,
        guarded=RPC,
        txn="9007001",
        check=lambda account: rpc("GetInformation", {"serviceId": 1, "fields": {KEY: account}}),
        pay=rpc_perform,
        asks={
            "CheckTransaction": lambda txn: rpc("CheckTransaction", {"transactionId": int(txn)}),
            "CancelTransaction": lambda txn: rpc("CancelTransaction", {"transactionId": int(txn)}),
            "GetStatement": lambda _: rpc("GetStatement", dict(PERIOD)),
            "ChangePassword": lambda _: rpc("ChangePassword", {"newPassword": "another-pw"}),
        },
        forged=rpc("PerformTransaction", {"amount": 15000}, password="guess"),
        malformed={
            "no JSON": post("hello", authorization=basic(LOGIN, CANARY)),
            "a list": post("[]", authorization=basic(LOGIN, CANARY)),
            "unknown method": rpc("Perform", {}),
            "no transactionId": rpc("PerformTransaction", {"amount": 1, "fields": {KEY: "1"}}),
            "fields in a list": rpc("GetInformation", {"fields": []}),
            "an amount in words": rpc("PerformTransaction", {"amount": True}),
        },
        read=read_rpc,
        # Asked about an unknown transaction, this generation succeeds with state 3.
        codes={**SOAP_CODES, "bad link": "401", "bad login": "401", "not found": "0"},
        strict=strict_rpc,
        fields=("transactionId", KEY, "amount"),
    ),
)
