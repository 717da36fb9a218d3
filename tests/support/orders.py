"""A restaurant's bill in a town: opened, paid and closed through the internal endpoints."""

import json
from typing import Any, Final

from shared.http_event import event
from tests.support.intrinsics import ROOT, Json
from tests.support.town import Town

PARTNER: Final = "p_demo"
TOTAL: Final = "1570.00"
TOTAL_MINOR: Final = 157000


def sample(service: str, function: str) -> Json:
    """The function's event from events/."""
    found: Json = json.loads((ROOT / f"events/{service}/{function}.json").read_text())
    return found


def open_order(town: Town, **changes: Any) -> str:
    """A new order of the sample bill, 1570.00 roubles; its id."""
    status, body = create(town, **changes)
    assert status == 200, body
    return str(body["order_id"])


def create(town: Town, **changes: Any) -> tuple[int, Json]:
    body = json.loads(sample("qr_orders", "create")["body"]) | changes
    return town.call("qr_orders", "create", event("POST", "/qr-orders/v1/create", body=body))


def pay(
    town: Town,
    order_id: str,
    user: str = "guest-1",
    method: str = "card-ok",
    key: str = "",
    *,
    version: int = 1,
) -> tuple[int, Json]:
    body = {
        "order_id": order_id,
        "user_id": user,
        "payment_method": {"type": "card", "id": method},
        "version": version,
        "expected_total": TOTAL,
        "idempotency_key": key or f"key-{user}",
    }
    request = event("POST", "/qr-orders/v1/start-payment", body=body)
    return town.call("qr_orders", "start_payment", request)


def internal(town: Town, function: str, body: Json) -> tuple[int, Json]:
    """POST /qr-orders/v1/<function>."""
    path = f"/qr-orders/v1/{function.replace('_', '-')}"
    return town.call("qr_orders", function, event("POST", path, body=body))


def close(
    town: Town, order_id: str, status: str = "closed", source: str = "pos"
) -> tuple[int, Json]:
    body = {"order_id": order_id, "partner_ids": [PARTNER], "status": status, "source": source}
    request = event("POST", "/qr-orders/v1/update-partner-status", body=body)
    return town.call("qr_orders", "update_partner_status", request)


def refund(
    town: Town, order_id: str, refund_id: str, version: int, **what: Any
) -> tuple[int, Json]:
    """An operator's refund; `what` is `full=True` or `items=[...]`."""
    who = {"operator": "op-7", "reason": "cold soup"}
    body = {"order_id": order_id, "refund_id": refund_id, "version": version} | who | what
    request = event("POST", "/qr-orders/v1/admin/refund", body=body)
    return town.call("qr_orders", "admin_refund", request)


def asked(town: Town, order_id: str) -> tuple[int, Json]:
    """GET /qr-orders/v1/get."""
    request = event("GET", "/qr-orders/v1/get", query={"order_id": order_id})
    return town.call("qr_orders", "get", request)


def get(town: Town, order_id: str) -> Json:
    status, body = asked(town, order_id)
    assert status == 200, body
    return body


def payment_of(town: Town, order_id: str) -> str:
    return str(get(town, order_id)["status"]["payment"])
