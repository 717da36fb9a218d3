"""A restaurant's till and a guest's app, over HTTP, against any base URL."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

Json = dict[str, Any]
_TIMEOUT_S = 30


class Unexpected(RuntimeError):
    """An answer that nobody asked for; `code` is the API's own name of it."""

    def __init__(self, call: str, answer: requests.Response) -> None:
        super().__init__(f"{call}: {answer.status_code} {answer.text[:400]}")
        self.status = answer.status_code
        self.code = _code(answer)


@dataclass(frozen=True, slots=True)
class Till:
    """The restaurant's side of qr_partner_integration."""

    base_url: str
    api_key: str

    def open(self, order: Json) -> Json:
        return self._post("/external/v1/orders", order)

    def poll(self, order_id: str) -> tuple[str, float]:
        """The order's status and the seconds to wait before the next poll."""
        found = self._post("/external/v1/orders/status/list", {"ids": [order_id]})
        return str(found["orders"][0]["status"]), found["next_poll_after_ms"] / 1000

    def status(self, order_id: str) -> str:
        return self.poll(order_id)[0]

    def close(self, order_id: str) -> str:
        return self._set_status(order_id, "CLOSED")

    def cancel(self, order_id: str) -> str:
        return self._set_status(order_id, "CANCELLED")

    def _set_status(self, order_id: str, status: str) -> str:
        body = {"id": order_id, "status": status}
        return str(self._post("/external/v1/order/status", body)["status"])

    def _post(self, path: str, body: Json) -> Json:
        return _post(self.base_url + path, body, {"X-API-Key": self.api_key})


@dataclass(frozen=True, slots=True)
class Guest:
    """A signed-in guest's side of client_api."""

    base_url: str
    jwt: str

    def preorder(self, code: str) -> Json:
        return self._post("/4.0/payments/v1/preorder", {"order": code})

    def pay(self, order: Json, method: Json, key: str) -> Json:
        body = {
            "order_id": order["id"],
            "version": order["version"],
            "total": order["total"],
            "payment_method": {"type": method["type"], "id": method["id"]},
        }
        return self._post("/4.0/payments/v1/orders", body, {"Idempotency-Key": key})

    def retrieve(self, order_id: str) -> Json:
        return self._post("/4.0/payments/v1/orders/retrieve", {"order_id": order_id})

    def history(self, order_id: str) -> Json:
        return self._post("/iiko-integration/v1/orderhistory/order", {"order_id": order_id})

    def orders(self) -> list[Json]:
        """The first page of the guest's orders, newest first."""
        found: list[Json] = self._post("/4.0/qr-orders/v1/orderhistory/list", {})["orders"]
        return found

    def restaurants(self, lat: float, lon: float) -> list[Json]:
        """Those nearest to the guest, nearest first."""
        where = {"position": {"lat": lat, "lon": lon}}
        found: list[Json] = self._post("/4.0/qr-pay/v1/restaurants", where)["restaurants"]
        return found

    def restaurant(self, partner_id: str) -> Json:
        return self._post("/4.0/qr-pay/v1/restaurant", {"partner_id": partner_id})

    def _post(self, path: str, body: Json, headers: Mapping[str, str] | None = None) -> Json:
        sent = {"Authorization": f"Bearer {self.jwt}", **(headers or {})}
        return _post(self.base_url + path, body, sent)


def _post(url: str, body: Json, headers: Mapping[str, str]) -> Json:
    answer = requests.post(url, json=body, headers=dict(headers), timeout=_TIMEOUT_S)
    if answer.status_code != 200:
        raise Unexpected(f"POST {url}", answer)
    found: Json = answer.json()
    return found


def _code(answer: requests.Response) -> str:
    try:
        found = answer.json()
    except requests.JSONDecodeError:
        return ""
    return str(found.get("code", "")) if isinstance(found, dict) else ""
