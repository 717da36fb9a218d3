"""A restaurant's till and a guest's app, over HTTP, against any base URL."""

from dataclasses import dataclass
from typing import Any

import requests

Json = dict[str, Any]
_TIMEOUT_S = 30


class Unexpected(RuntimeError):
    """An answer that nobody asked for."""


def _call(method: str, url: str, headers: Json, body: Json | None = None) -> Json:
    answer = requests.request(method, url, json=body, headers=headers, timeout=_TIMEOUT_S)
    if answer.status_code != 200:
        raise Unexpected(f"{method} {url}: {answer.status_code} {answer.text[:400]}")
    found: Json = answer.json()
    return found


@dataclass(frozen=True, slots=True)
class Till:
    """The restaurant's side of qr_partner_integration."""

    base_url: str
    api_key: str

    def open(self, order: Json) -> Json:
        return self._post("/external/v1/orders", order)

    def status(self, order_id: str) -> str:
        found = self._post("/external/v1/orders/status/list", {"ids": [order_id]})
        return str(found["orders"][0]["status"])

    def close(self, order_id: str) -> str:
        body = {"id": order_id, "status": "CLOSED"}
        return str(self._post("/external/v1/order/status", body)["status"])

    def _post(self, path: str, body: Json) -> Json:
        return _call("POST", self.base_url + path, {"X-API-Key": self.api_key}, body)


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

    def _post(self, path: str, body: Json, headers: Json | None = None) -> Json:
        sent = {"Authorization": f"Bearer {self.jwt}"} | (headers or {})
        return _call("POST", self.base_url + path, sent, body)
