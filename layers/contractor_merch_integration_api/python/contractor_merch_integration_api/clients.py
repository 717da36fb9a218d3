"""contractor-merch-payments (SPEC B.13): the drivers' balances, QR codes and payments."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from contractor_merch_integration_api.model import Purchase, Refund, Seen, Standing
from contractor_merch_integration_api.operations import DECLINES
from contractor_merch_integration_api.ports import RefusedForGood
from shared import logs
from shared.clock import to_iso
from shared.errors import Unavailable
from shared.upstream import Upstream, UpstreamRefused

# The documented refusals of cancel and refund (R4). Any other 4xx, a gateway's own 404 among
# them, is a quarrel about the request: people settle it, we go on asking.
_FINAL: Final = frozenset(
    {(409, "not_cancellable"), (409, "not_approved"), (422, "refund_too_large")}
)


@dataclass(frozen=True, slots=True)
class DriverPayments:
    upstream: Upstream

    def create(self, purchase: Purchase) -> Seen:
        body = {
            "idempotency_key": purchase.key,
            "qr_code": purchase.qr,
            "amount": str(purchase.amount),
            "currency": purchase.amount.currency,
            "merchant": {"id": purchase.merchant_id, "name": purchase.merchant_name},
            "accept_until": to_iso(purchase.expires_at),
        }
        try:
            found = self._call("POST", "/v1/payments", body, purchase.key, operation="create")
        except UpstreamRefused as problem:
            if problem.status == 422 and problem.code in DECLINES:
                return Seen(Standing.DECLINED, reason=problem.code)
            raise _quarrel(problem) from problem
        return _seen(found)

    def look(self, payment_id: str) -> Seen:
        try:
            return _seen(self._call("GET", _path(payment_id), operation="look"))
        except UpstreamRefused as problem:
            raise _quarrel(problem) from problem

    def cancel(self, payment_id: str) -> Seen:
        path = f"{_path(payment_id)}/cancel"
        try:
            return _seen(self._call("POST", path, {}, f"{payment_id}-cancel", operation="cancel"))
        except UpstreamRefused as problem:
            raise _refusal(problem) from problem

    def refund(self, payment_id: str, refund: Refund) -> None:
        body = {"refund_id": refund.refund_id, "amount": str(refund.amount)}
        path = f"{_path(payment_id)}/refunds"
        try:
            self._call("POST", path, body, refund.refund_id, operation="refund")
        except UpstreamRefused as problem:
            raise _refusal(problem) from problem

    def _call(
        self, method: str, path: str, body: Any = None, key: str = "", *, operation: str
    ) -> dict[str, Any]:
        return self.upstream.call(method, path, body, key, operation=operation)


def _path(payment_id: str) -> str:
    return f"/v1/payments/{quote(payment_id, safe='')}"


def _seen(found: dict[str, Any]) -> Seen:
    """A status that we do not know is not a refusal: we ask again (R3)."""
    try:
        standing = Standing(found["status"])
        return Seen(standing, str(found["payment_id"]), str(found.get("decline_code") or ""))
    except (KeyError, ValueError) as problem:
        raise Unavailable("upstream_unreadable", system="merch_payments") from problem


def _refusal(problem: UpstreamRefused) -> Exception:
    if (problem.status, problem.code) in _FINAL:
        return RefusedForGood(problem.code)
    return _quarrel(problem)


def _quarrel(problem: UpstreamRefused) -> Unavailable:
    logs.error(
        "upstream_quarrel", system="merch_payments", status=problem.status, code=problem.code
    )
    return Unavailable("upstream_quarrel", system="merch_payments", reason=problem.code)
