"""EasyPay as Systems of the contract: the OSMP family, the Armenian REST, the Ukrainian XML."""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fleet_payment_systems.providers.base import WireReply, WireRequest
from fleet_payment_systems.providers.easypay import Easypay
from tests.fleet_payment_systems.providers.samples import easypay_ukraine, osmp_family
from tests.fleet_payment_systems.providers.samples.qiwi_qvp import SHAPES
from tests.fleet_payment_systems.providers.support import (
    CANARY,
    Answer,
    System,
    account_of,
    major,
    post,
)

ACCOUNT = account_of("param_xml", "UAH", "Europe/Kyiv")
ARMENIA = account_of(
    "armenia", "AMD", "Asia/Yerevan", {"service_id": "77", "account_type": "14"}, sign_secret=CANARY
)
NONCE = "69f77f9c-b9b5-43ac-9e6b-516863b8a451"
ORDER = "434dd03f-ede8-4e55-b71f-f81cb4120cba"
_PROBLEM = {"RequestId", "TraceId", "Instance", "StatusCode", "Type", "Errors", "Message"}


def authorization(text: str, key: str = CANARY) -> str:
    raw = hmac.digest(key.encode(), text.encode("utf-8", "replace"), "sha256")
    return f"HMAC {base64.b64encode(raw).decode()}"


def loaded(text: str | bytes) -> Any:
    """Numbers as they were written."""
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)


def sign(request: WireRequest) -> WireRequest:
    """With the HMAC of what a reader of it would read, as far as there is something to read."""
    try:
        call = loaded(request.body)
        order = [call.get("OrderId"), call.get("Amount")]
        head = [*(order if request.operation == "payments" else []), call.get("BalanceInquiryId")]
        kinds = ("Type", "Value", "TechnicalIndex")
        inputs = "".join(f"{each[kind]}:" for each in call["Inputs"] for kind in kinds)
        values = [each or "" for each in (*head, call.get("MerchantServiceIdentifierId"))]
        text = "".join([*map(str, values), inputs, NONCE])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        text = NONCE
    return replace(request, headers={"nonce": NONCE, "authorization": authorization(text)})


def call(operation: str, body: str) -> WireRequest:
    return sign(replace(post(body), operation=operation))


def said(account: str, **more: object) -> str:
    one = {"Type": 14, "Value": account, "TechnicalIndex": 1}
    told = {**more, "BalanceInquiryId": 5001, "MerchantServiceIdentifierId": 77}
    return json.dumps({**told, "Inputs": [one]})


def check(account: str) -> WireRequest:
    return call("balance-inquiry", said(account))


def pay(txn: str, account: str, minor: int) -> WireRequest:
    body = said(account, OrderId=txn, Amount="@")
    return call("payments", body.replace('"@"', major(minor)))


def read(reply: WireReply) -> Answer:
    assert reply.content_type == "application/json; charset=utf-8"
    found = json.loads(reply.body)
    if reply.status != 200:
        assert set(found) == _PROBLEM
        assert found["StatusCode"] == reply.status
        return Answer(str(reply.status))
    assert set(found) in ({"Debt", "Properties"}, {"PaymentId"})
    assert reply.headers["Authorization"].startswith("HMAC ")
    number = found.get("PaymentId", "p-")
    assert re.fullmatch("p-([1-9][0-9]{0,18})?", number)
    return Answer("200", number[2:])


def strict(request: WireRequest) -> tuple[str, str, int] | None:
    try:
        found: Mapping[str, Any] = loaded(request.body)
        amount = re.fullmatch(r"(0|[1-9][0-9]*)(?:\.([0-9]{1,2}))?", found["Amount"], re.ASCII)
        (payer,) = [each["Value"] for each in found["Inputs"] if each["Type"] == "14"]
    except (ValueError, TypeError, KeyError, LookupError, RecursionError):
        return None
    if amount is None or request.operation != "payments":
        return None
    return found["OrderId"].lower(), payer, int(amount[1] + (amount[2] or "").ljust(2, "0"))


def changed(old: str, new: str) -> WireRequest:
    body = pay(ORDER, "100245", 1000).body.decode()
    assert old in body
    return call("payments", body.replace(old, new))


SYSTEMS = (
    osmp_family.system(Easypay(), ACCOUNT, SHAPES),
    System(
        provider=Easypay(),
        account=ARMENIA,
        guarded=ARMENIA,
        txn=ORDER,
        check=check,
        pay=pay,
        asks={},
        forged=replace(
            check("100245"), headers={"nonce": NONCE, "authorization": authorization("guess")}
        ),
        malformed={
            "no json": call("payments", "hello"),
            "a list": call("payments", "[]"),
            "no order": changed("OrderId", "Order"),
            "an order of words": changed(ORDER, "order-1"),
            "an amount in quotes": changed("10.00", '"10.00"'),
            "three decimals": changed("10.00", "10.000"),
            "an exponent": changed("10.00", "1e1"),
            "an account without quotes": changed('"100245"', "100245"),
            "another service": changed("77", "78"),
            "no account": changed('"Type": 14', '"Type": 1'),
            "no inputs": call("payments", said("100245").partition(', "Inputs"')[0] + "}"),
            "an unknown operation": replace(pay(ORDER, "100245", 1000), operation="refunds"),
            "no operation": replace(pay(ORDER, "100245", 1000), operation=""),
            "a GET": replace(pay(ORDER, "100245", 1000), method="GET"),
        },
        read=read,
        codes={
            "ok": "200",
            "repeat": "200",
            "conflict": "400",
            "unknown": "404",
            "malformed": "400",
            "blocked": "403",
            "small": "400",
            "large": "400",
            "zero": "400",
            "down": "500",
            "bad link": "401",
            "bad login": "401",
        },
        strict=strict,
        fields=("OrderId", "Value", "Amount"),
        sign=sign,
    ),
    easypay_ukraine.SYSTEM,
)
