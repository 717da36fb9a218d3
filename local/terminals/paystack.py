"""Paystack has no terminal: it sends webhooks, signed over their bytes."""

import hmac
import json
from dataclasses import dataclass
from typing import Any, Final

from local.terminals.words import Answer, Facts, NotSpoken, Payment, Sent

_JSON: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class PaystackWebhook:
    """`pay` says that bill `account` is paid, with the amount that it asked for."""

    facts: Facts
    again: str = ""

    def check(self, payment: Payment) -> Sent:
        raise NotSpoken("check")

    def pay(self, payment: Payment) -> Sent:
        data: dict[str, Any] = {
            "domain": "test",
            "status": "success",
            "reference": payment.account,
            "amount": int(payment.minor or 0),
            "currency": self.facts.get("currency", "NGN"),
        }
        return self.webhook({"event": "charge.success", "data": data})

    def cancel(self, payment: Payment) -> Sent:
        raise NotSpoken("cancel")

    def status(self, payment: Payment) -> Sent:
        raise NotSpoken("status")

    def webhook(self, said: dict[str, Any]) -> Sent:
        body = json.dumps(said, separators=(",", ":")).encode()
        signature = hmac.digest(self.facts["secret_key"].encode(), body, "sha512").hex()
        return Sent("POST", body=body, headers={**_JSON, "x-paystack-signature": signature})

    def read(self, status: int, text: str) -> Answer:
        return Answer(status, "", "", text, good=("",))
