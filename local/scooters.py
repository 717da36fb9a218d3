"""The scooters' backend: it books, asks who may ride, and says when a ride is over."""

from dataclasses import dataclass
from typing import Any, Final

import requests

from local.actors import Json, Unexpected
from local.callers import Caller
from local.signed import signed
from local.stack import Stack

_BASE: Final = "/scooters-payments/v1"
AMOUNT: Final = "300.00"


def scooters_of(stack: Stack) -> dict[str, Any]:
    """How to call the deposits: IAM (SigV4) with the keys of `aws`; a booking to begin with."""
    return {
        "base_url": stack.api("scooters_payments") + _BASE,
        "auth": "SigV4, service execute-api, with the keys of aws",
        "start": "POST /payment/start",
        "check": "GET /payment/check?session_id=s1",
        "finish": "POST /payment/finish",
        "booking": booking("s1", "card-ok"),
    }


def booking(session_id: str, card: str) -> Json:
    return {
        "session_id": session_id,
        "user_id": "demo-rider",
        "offer_id": f"offer-{session_id}",
        "deposit": {"amount": AMOUNT, "currency": "RUB"},
        "payment_method": {"type": "card", "id": card},
        "city": "msk",
    }


@dataclass(frozen=True, slots=True)
class Backend:
    base_url: str
    caller: Caller

    def start(self, session_id: str, card: str) -> str:
        """started or skipped."""
        found = self._ok("POST", "/payment/start", booking(session_id, card))
        return str(found["deposit"])

    def check(self, session_id: str) -> tuple[int, Json]:
        url = f"{self.base_url}/payment/check?session_id={session_id}"
        answer = signed(self.caller, "GET", url)
        return answer.status_code, answer.json()

    def verdict(self, session_id: str) -> str:
        """In words: "processing, wait", "held, ride", "402 insufficient_funds"."""
        status, body = self.check(session_id)
        if status != requests.codes.ok:
            return f"{status} {body['details'].get('decline_reason', body['code'])}"
        ride = "ride" if body["allow_ride"] else "wait"
        reason = f" ({body['reason']})" if "reason" in body else ""
        return f"{body['status']}, {ride}{reason}"

    def finish(self, session_id: str, reason: str) -> str:
        body = {"session_id": session_id, "reason": reason}
        return str(self._ok("POST", "/payment/finish", body)["status"])

    def status(self, session_id: str) -> str:
        """As support sees the session's deposit."""
        answer = self._ok("GET", f"/admin/find?session_id={session_id}")
        return str(answer["deposits"][0]["status"])

    def _ok(self, method: str, path: str, body: Json | None = None) -> Json:
        answer = signed(self.caller, method, self.base_url + path, body)
        if answer.status_code != requests.codes.ok:
            raise Unexpected(f"{method} {path}", answer)
        found: Json = answer.json()
        return found
