"""Outside systems of the taxi parks: billing (B.8), the fleet's books and drivers (B.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Final
from urllib.parse import quote, urlencode

from botocore.exceptions import BotoCoreError, ClientError

from fleet_payment_systems.model import DriverLookup, Transaction
from fleet_payment_systems.ports import Driver, RefusedForGood
from shared import aws
from shared.clock import to_iso
from shared.errors import Unavailable
from shared.money import BadAmount, Money
from shared.upstream import Upstream, UpstreamRefused

# The refusals that B.8 and B.9 document, about the driver or the account (R4). Any other 4xx, a
# gateway's own 404 among them, is a quarrel about the request: people settle it, we go on asking.
_NO_DRIVER: Final = (404, "driver_not_found")
_FINAL: Final = frozenset({_NO_DRIVER, (422, "account_closed"), (422, "insufficient_funds")})


@dataclass(frozen=True, slots=True)
class DriverDirectory:
    upstream: Upstream

    def find(self, park_id: str, account: str, by: DriverLookup) -> Driver | None:
        query = urlencode({"account": account, "by": by.value})
        path = f"/v1/parks/{quote(park_id, safe='')}/driver-profiles?{query}"
        try:
            found = self.upstream.call("GET", path, operation="find_driver")
            return Driver(found["driver_id"], found["name_masked"], found["status"] == "active")
        except UpstreamRefused as problem:
            if (problem.status, problem.code) == _NO_DRIVER:
                return None
            raise Unavailable("driver_lookup_refused", code=problem.code) from problem
        except (KeyError, TypeError) as problem:
            raise Unavailable("upstream_unreadable", system="fleet_transactions") from problem


@dataclass(frozen=True, slots=True)
class BillingAccounts:
    upstream: Upstream

    def enter(self, key: str, transaction: Transaction, amount: int, category: str) -> None:
        body = {
            "idempotency_key": key,
            "park_id": transaction.park_id,
            "driver_id": transaction.driver_id,
            "amount": str(Money(amount, transaction.amount.currency)),
            "currency": transaction.amount.currency,
            "category": category,
            "event_at": to_iso(transaction.created_at),
            "details": {"provider": transaction.system, "wallet_id": transaction.wallet_id},
        }
        try:
            self.upstream.call("POST", "/v1/balance/entries", body, key, operation="enter")
        except UpstreamRefused as problem:
            raise _final(problem) from problem

    def balance(self, park_id: str, driver_id: str) -> Money:
        query = urlencode({"park_id": park_id, "driver_id": driver_id})
        try:
            found = self.upstream.call("GET", f"/v1/balance?{query}", operation="balance")
            text = str(found["balance"])
            money = Money.parse(text.removeprefix("-"), found["currency"])
            return Money(-money.minor, money.currency) if text.startswith("-") else money
        except UpstreamRefused as problem:
            raise Unavailable("balance_refused", code=problem.code) from problem
        except (KeyError, TypeError, BadAmount) as problem:
            raise Unavailable("upstream_unreadable", system="billing") from problem


@dataclass(frozen=True, slots=True)
class FleetTransactions:
    upstream: Upstream

    def record(self, transaction: Transaction, amount: int, category: str) -> str:
        park, driver = quote(transaction.park_id, safe=""), quote(transaction.driver_id, safe="")
        path = f"/v1/parks/{park}/driver-profiles/{driver}/transactions"
        body = {
            "category_id": category,
            "amount": str(Money(amount, transaction.amount.currency)),
            "currency": transaction.amount.currency,
            "description": f"{transaction.system} {transaction.txn}",
            "event_at": to_iso(transaction.created_at),
        }
        try:
            found = self.upstream.call("POST", path, body, transaction.tx_id, operation="record")
        except UpstreamRefused as problem:
            # A repeat is answered 409 with the first one's id.
            if problem.status == 409 and problem.details.get("transaction_id"):
                return str(problem.details["transaction_id"])
            raise _final(problem) from problem
        if not found.get("transaction_id"):
            raise Unavailable("upstream_unreadable", system="fleet_transactions")
        return str(found["transaction_id"])


def _final(problem: UpstreamRefused) -> Exception:
    if (problem.status, problem.code) in _FINAL:
        return RefusedForGood(problem.code)
    return Unavailable("upstream_quarrel", system=problem.code)


@dataclass(frozen=True, slots=True)
class SesMail:
    """Port Mail, from an address that the account has verified."""

    sender: str

    def send(self, to: Sequence[str], subject: str, text: str) -> None:
        content = {"Subject": {"Data": subject}, "Body": {"Text": {"Data": text}}}
        try:
            aws.client("sesv2").send_email(
                FromEmailAddress=self.sender,
                Destination={"ToAddresses": list(to)},
                Content={"Simple": content},
            )
        except (BotoCoreError, ClientError) as problem:
            # Its message may name the addresses.
            raise Unavailable("mail_unavailable", kind=type(problem).__name__) from None


@dataclass(frozen=True, slots=True)
class ExportFiles:
    """Port Files over S3. A link is signed by the function's role, so alive for minutes only."""

    bucket: str
    ttl_s: int = 300

    def put(self, key: str, content: bytes | IO[bytes]) -> None:
        try:
            aws.client("s3").put_object(Bucket=self.bucket, Key=key, Body=content)
        except (BotoCoreError, ClientError) as problem:
            raise Unavailable("storage_unavailable") from problem

    def get(self, key: str) -> bytes:
        try:
            answer = aws.client("s3").get_object(Bucket=self.bucket, Key=key)
            content: bytes = answer["Body"].read()
        except (BotoCoreError, ClientError) as problem:
            raise Unavailable("storage_unavailable") from problem
        return content

    def url(self, key: str) -> str:
        name = key.rpartition("/")[2]
        asked = {
            "Bucket": self.bucket,
            "Key": key,
            "ResponseContentDisposition": f'attachment; filename="transactions-{name}"',
        }
        url: str = aws.client("s3").generate_presigned_url(
            "get_object", Params=asked, ExpiresIn=self.ttl_s
        )
        return url
