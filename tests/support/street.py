"""The town seen from outside: tills and guests come through the gateways and their authorizers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.seed import open_restaurant
from shared import secrets_store
from shared.http_event import event
from tests.support.intrinsics import Json
from tests.support.town import Town

_FORBIDDEN = 403, {"message": "Forbidden"}


@dataclass(slots=True)
class Street:
    """A restaurant with a key, and guests; `tables` are what a refusal must not change."""

    town: Town
    partner: dict[str, str] = field(default_factory=dict)

    def open_restaurant(self) -> dict[str, str]:
        """One more group with one restaurant `r1`: its ids and API key."""
        self.town.world.use("qr_partners")
        house = str(1 + len(self.town.rows("qr_partners-partners")))
        return open_restaurant(secrets_store.peppers("test/qr_partners/api-key-pepper"), house)

    def till(
        self,
        function: str,
        path: str,
        body: Any,
        api_key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Json]:
        """A till's POST: the Lambda authorizer first, as the gateway does it."""
        headers = {"X-API-Key": api_key or self.partner["api_key"], **(headers or {})}
        request = event("POST", path, body=body, headers=headers)
        verdict = self.town.run("qr_partners", "authorize", request)
        if not verdict["isAuthorized"]:
            return _FORBIDDEN
        request["requestContext"]["authorizer"] = {"lambda": verdict["context"]}
        return self.town.call("qr_partner_integration", function, request)

    def open_order(self, api_key: str = "", **changes: Any) -> tuple[int, Json]:
        body = bill() | changes
        return self.till("orders", "/external/v1/orders", body, api_key)

    def status(self, order_id: str, api_key: str = "") -> str:
        path, body = "/external/v1/orders/status/list", {"ids": [order_id]}
        code, found = self.till("orders_status_list", path, body, api_key)
        assert code == 200, found
        return str(found["orders"][0]["status"])

    def set_status(self, order_id: str, status: str, api_key: str = "") -> tuple[int, Json]:
        body = {"id": order_id, "status": status}
        return self.till("order_status", "/external/v1/order/status", body, api_key)

    def guest(
        self,
        function: str,
        path: str,
        body: Any,
        user: str = "guest-1",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Json]:
        """A guest's POST with a token that the JWT authorizer has verified."""
        claims = {"jwt": {"claims": {"sub": user}, "scopes": None}}
        request = event("POST", path, body=body, headers=headers, authorizer=claims)
        return self.town.call("client_api", function, request)

    def pay(self, order: Json, user: str = "guest-1", **changes: Any) -> tuple[int, Json]:
        body = {
            "order_id": order["id"],
            "version": order["version"],
            "total": "1540.00",
            "payment_method": {"type": "card", "id": "card-ok"},
        }
        headers = {"Idempotency-Key": f"{user}-{order['id']}"}
        path = "/4.0/payments/v1/orders"
        return self.guest("orders", path, body | changes, user, headers)

    def books(self) -> str:
        """Everything that qr_orders keeps, and the engine's invoices."""
        tables = ("orders", "baskets", "changelog", "events", "claims", "receipts", "tasks")
        found = {name: self.town.rows(f"qr_orders-{name}") for name in tables}
        for row in found["orders"]:
            row.pop("last_polled_at", None)
        return json.dumps(found | {"invoices": self.town.rows("sandbox-invoices")}, default=str)


def bill() -> Json:
    """The demo's bill, 1540.00 roubles."""
    from local.bill import BILL

    return dict(BILL)
