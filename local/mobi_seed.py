"""The demo's client of the cash desks, made by the operator's own Lambda: who may call and how."""

import json
from typing import Any, Final

from local.stack import Stack

_FUNCTION: Final = "dev-contractor_merch_integration_api-clients"
# What becomes of a payment by each of them is in docs/sandbox.md.
QR_CODES: Final = {
    "paid": "YM1.ok",
    "must_accept": "YM1.accept",
    "driver_declines": "YM1.decline",
    "not_enough_money": "YM1.poor",
    "expired": "YM1.expired",
    "unknown": "000",
}


def open_cash_desk(stack: Stack) -> dict[str, Any]:
    """{"base_url", "client_id", "secret", "qr_codes", ...}: what a desk needs to call and sign."""
    wish = {
        **{"dry_run": False, "action": "create", "aggregator": "mobi"},
        **{"title": "Mobi.Money", "ip_allowlist": ["127.0.0.0/8"]},
    }
    answer = stack.client("lambda").invoke(
        FunctionName=_FUNCTION, Payload=json.dumps(wish).encode()
    )
    made = json.loads(answer["Payload"].read())
    return {
        "base_url": stack.api("contractor_merch_integration_api"),
        "client_id": made["client_id"],
        "secret": made["secret"],
        "signature": "hex HMAC-SHA256(secret, X-Timestamp + newline + operation + newline + body)",
        "qr_codes": QR_CODES,
    }
