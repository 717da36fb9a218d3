"""Paystack's API and webhook as its document has them: 4 of the protocols."""

import json
from typing import Final

from fleet_payment_systems.bills import Bill
from fleet_payment_systems.providers.base import Account, WireRequest
from shared.money import Money
from tests.fleet_payment_systems.providers.support import account_of, post

ACCOUNT: Final[Account] = account_of("webhook", "NGN", "UTC", secret_key="sk_test_example")
NUMBER: Final = "park77-100042-1"
BILL: Final = Bill(NUMBER, "77", "100042", "d100042@park77.example", Money(500_000, "NGN"), 3600)
INITIALIZE: Final = (
    b'{"email":"d100042@park77.example","amount":500000,"currency":"NGN",'
    b'"reference":"park77-100042-1","metadata":{"park":"77","driver":"100042"}}'
)
INITIALIZED: Final = (
    b'{"status":true,"message":"Authorization URL created","data":{"authorization_url":'
    b'"https://checkout.paystack.com/abc","access_code":"abc","reference":"park77-100042-1"}}'
)
DUPLICATE: Final = (
    b'{"status":false,"message":"Duplicate Transaction Reference","type":"validation_error",'
    b'"code":"duplicate_reference"}'
)
VERIFIED: Final = (
    b'{"status":true,"message":"Verification successful","data":{"id":4099260516,"domain":"test",'
    b'"status":"success","reference":"park77-100042-1","amount":500000,"currency":"NGN",'
    b'"paid_at":"2026-11-20T09:00:00.000Z","channel":"card","gateway_response":"Successful",'
    b'"metadata":{"park":"77","driver":"100042"}}}'
)
INVALID_KEY: Final = b'{"status":false,"message":"Invalid key"}'
WEBHOOK: Final = (
    b'{"event":"charge.success","data":{"id":4099260516,"domain":"test","status":"success",'
    b'"reference":"park77-100042-1","amount":500000,"currency":"NGN",'
    b'"paid_at":"2026-11-20T09:00:00.000Z","channel":"card",'
    b'"metadata":{"park":"77","driver":"100042"}}}'
)
SIGNATURE: Final = (
    "c5577a94b9408e7e8dc530d506e6e6e541e67534c405b1596e2da6c4b823ec218"
    "aa4b03b34aa773baafcf6b050cde03bd5056e488cd6686224b304c9396052a5"
)


def webhook(body: bytes = WEBHOOK, signature: str = SIGNATURE) -> WireRequest:
    return post(body, **{"x-paystack-signature": signature})


def verified(**changes: object) -> bytes:
    """The answer of verify with other `data`; a field that is None is left out."""
    said = json.loads(VERIFIED)
    data = {**said["data"], **changes}
    said["data"] = {name: value for name, value in data.items() if value is not None}
    return json.dumps(said).encode()
