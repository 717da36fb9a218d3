"""Paystack, both ways: we initialize and verify, it tells us by webhook (wallets-soap 4).

JSON; sums are whole minor units. A webhook is signed with HMAC-SHA512 over its raw bytes, and is
never believed: it only makes us verify.
"""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from fleet_payment_systems.bills import Bill, BillStatus, Seen
from fleet_payment_systems.operations import News, Operation, Outcome, Ping, Result
from fleet_payment_systems.ports import RefusedForGood
from fleet_payment_systems.providers import json_text, logins
from fleet_payment_systems.providers.answers import TEXT_PLAIN
from fleet_payment_systems.providers.base import (
    Account,
    Field,
    Refused,
    Spec,
    WireReply,
    WireRequest,
)
from fleet_payment_systems.providers.bills import Unreadable, WireAnswer, WireCall, email
from shared.money import EXPONENTS, Money

_STATUSES: Final = {
    "success": BillStatus.PAID,
    "failed": BillStatus.ENDED,
    "reversed": BillStatus.ENDED,
    "abandoned": BillStatus.WAITING,
    "ongoing": BillStatus.WAITING,
    "pending": BillStatus.WAITING,
    "processing": BillStatus.WAITING,
    "queued": BillStatus.WAITING,
}
_DUPLICATE: Final = "duplicate_reference"
_REFERENCE_MAX: Final = 100
# Whatever is not one of these is well received: Paystack repeats all that is not answered 200.
_ANSWERS: Final = {
    Result.AUTH_FAILED: 401,
    Result.BAD_REQUEST: 400,
    Result.TEMPORARY_ERROR: 503,
}


class Paystack:
    spec = Spec(
        code="paystack",
        title="Paystack",
        country="NG",
        currencies=("NGN", "GHS", "ZAR", "KES", "USD"),
        profiles=("webhook",),
        fields=(
            Field("secret_key", secret=True, pattern="sk_[A-Za-z0-9_]{4,150}", help="sk_live_..."),
        ),
        methods=("POST",),
        instructions=(
            "In Paystack's dashboard, Settings, API Keys & Webhooks, type {url} as Webhook URL, "
            "and give us the secret key. One integration has one webhook: one park."
        ),
        confirmed=True,
        payer="email",
    )

    def verify(self, request: WireRequest, account: Account) -> None:
        """Over the bytes as they came, before anything reads them."""
        secret = account.credentials.get("secret_key")
        if secret is None or not secret.reveal():
            raise Refused(Result.AUTH_FAILED)
        expected = hmac.new(secret.reveal().encode(), request.body, hashlib.sha512).hexdigest()
        if not logins.same(request.headers.get("x-paystack-signature", ""), expected):
            raise Refused(Result.AUTH_FAILED)

    def decode(self, request: WireRequest, account: Account) -> Operation:
        try:
            said = _parsed(request.body)
            if said["event"] != "charge.success":
                return Ping()
            data = said["data"]
            if data["status"] != "success":
                return Ping()
            return News(_reference(data), _money(data))
        except (KeyError, TypeError, ValueError, RecursionError):
            raise Refused(Result.BAD_REQUEST) from None

    def encode(
        self,
        request: WireRequest,
        account: Account | None,
        operation: Operation | None,
        outcome: Outcome,
        now: datetime,
    ) -> WireReply:
        return WireReply(b"", TEXT_PLAIN, _ANSWERS.get(outcome.result, 200))

    def payer(self, said: str) -> str | None:
        return email(said)

    def issue(self, account: Account, bill: Bill) -> WireCall:
        body = {
            "email": bill.payer,
            "amount": bill.amount.minor,
            "currency": bill.amount.currency,
            "reference": bill.number,
            "metadata": {"park": bill.park_id, "driver": bill.driver_id},
        }
        text = json.dumps(body, separators=(",", ":")).encode()
        return _call(account, "initialize", "POST", "/transaction/initialize", text)

    def issued(self, answer: WireAnswer) -> str:
        """Of a reference that exists nobody tells the page again."""
        said = _envelope(answer)
        if answer.status >= 400:
            known = said.get("code") == _DUPLICATE
            raise RefusedForGood("link_lost" if known else f"paystack_{answer.status}")
        try:
            url = said["data"]["authorization_url"]
        except (KeyError, TypeError):
            raise Unreadable from None
        if not json_text.is_text(url, 500) or not url.startswith("https://"):
            raise Unreadable
        return str(url)

    def look(self, account: Account, number: str) -> WireCall:
        return _call(account, "verify", "GET", f"/transaction/verify/{quote(number, safe='')}")

    def seen(self, account: Account, number: str, answer: WireAnswer) -> Seen:
        """An unknown reference is 404, or 400 in older answers; a 401 says nothing of a bill."""
        said = _envelope(answer)
        if answer.status in (400, 404):
            return Seen(BillStatus.MISSING)
        if answer.status >= 400:
            raise Unreadable
        try:
            data = said["data"]
            status = _STATUSES[data["status"]]
            if data["reference"] != number:
                raise Unreadable
            paid = _money(data) if status is BillStatus.PAID else None
            return Seen(status, paid, data["status"])
        except (KeyError, TypeError, ValueError):
            raise Unreadable from None

    def cancel(self, account: Account, number: str) -> WireCall | None:
        return None


def _call(account: Account, operation: str, method: str, path: str, body: bytes = b"") -> WireCall:
    secret = account.credentials.get("secret_key")
    headers = {"Authorization": f"Bearer {secret.reveal() if secret else ''}"}
    if body:
        headers["Content-Type"] = "application/json"
    return WireCall(operation, method, path, body, headers)


def _envelope(answer: WireAnswer) -> dict[str, Any]:
    """`status` of the envelope says that the call worked, not that anybody paid."""
    try:
        said = _parsed(answer.body)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(said, dict) or said.get("status") is not (answer.status < 400):
        raise Unreadable
    return said


def _parsed(body: bytes) -> Any:
    """Fees and the like have fractions: whoever wants money of them fails."""
    return json_text.parse(body, str)


def _reference(data: dict[str, Any]) -> str:
    reference = data["reference"]
    if not json_text.is_text(reference, _REFERENCE_MAX) or not reference:
        raise ValueError("not a reference")
    return str(reference)


def _money(data: dict[str, Any]) -> Money:
    """Raises ValueError, KeyError."""
    minor, currency = data["amount"], data["currency"]
    if type(minor) is not int or minor < 0 or currency not in EXPONENTS:
        raise ValueError("not an amount")
    return Money(minor, currency)
