"""qr_partners and qr_orders as this service sees them: internal calls and their JSON."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from qr_partner_integration.model import (
    Bill,
    OpenedOrder,
    Order,
    Restaurant,
    SilentOrder,
    Status,
)
from shared.cache import TtlCache
from shared.clock import Clock, to_iso
from shared.errors import Unavailable
from shared.internal import Internal
from shared.secret import Secret

_KEPT_S: Final = 60
# The partner block of create, decision 3.
_SNAPSHOT: Final = (
    *("name", "legal_name", "inn", "address", "place_id", "city", "timezone"),
    *("commission_rate", "cashback", "settings"),
)


@contextmanager
def _outward() -> Iterator[None]:
    """An outage without its details: which function of ours is down is not the till's business."""
    try:
        yield
    except Unavailable as problem:
        raise Unavailable("service_unavailable") from problem


class PartnersClient:
    """Serves ports.PartnersPort; an answer is kept 60 s by key id, which the gateway proved."""

    def __init__(self, internal: Internal, clock: Clock) -> None:
        self._internal = internal
        self._kept: TtlCache[str, list[Restaurant]] = TtlCache(clock, _KEPT_S)

    def restaurants_of(self, key_id: str, api_key: Secret) -> list[Restaurant]:
        found = self._kept.get(key_id)
        if found is None:
            found = self._ask(api_key)
            self._kept.put(key_id, found)
        return found

    def _ask(self, api_key: Secret) -> list[Restaurant]:
        path, body = "/qr-partners/v1/get-authorize", {"api_key": api_key.reveal()}
        with _outward():
            found = self._internal.call("qr_partners", "get_authorize", "POST", path, body=body)
        return [_restaurant(found["group_id"], partner) for partner in found["partners"]]


def _restaurant(group_id: str, partner: dict[str, Any]) -> Restaurant:
    return Restaurant(
        partner_id=partner["partner_id"],
        group_id=group_id,
        external_id=partner["external_id"],
        enabled=partner["enabled"],
        currency=partner["currency"],
        pos_system=partner["pos_system"],
        snapshot={name: partner[name] for name in _SNAPSHOT},
    )


class OrdersClient:
    """Serves ports.OrdersPort."""

    def __init__(self, internal: Internal) -> None:
        self._internal = internal

    def create(self, restaurant: Restaurant, bill: Bill) -> OpenedOrder:
        body = {
            **bill.lines,
            "partner_id": restaurant.partner_id,
            "group_id": restaurant.group_id,
            "external_order_id": bill.external_order_id,
            "external_version": bill.external_version,
            "currency": restaurant.currency,
            "total": bill.total,
            "pos_system": restaurant.pos_system,
            "partner": restaurant.snapshot,
        }
        if bill.idempotency_key:
            body["idempotency_key"] = bill.idempotency_key
        path = "/qr-orders/v1/create"
        with _outward():
            found = self._internal.call("qr_orders", "create", "POST", path, body=body)
        return OpenedOrder(
            order_id=found["order_id"],
            status=_status(found["status"]),
            version=found["version"],
            expires_at=datetime.fromisoformat(found["expires_at"]),
            qr_url=found["qr"]["payload"],
            short_code=found["qr"]["short_code"],
        )

    def statuses(self, order_ids: Sequence[str], partner_ids: Sequence[str]) -> list[Order]:
        body = {
            "order_ids": list(order_ids),
            "partner_ids": list(partner_ids),
            "touch_activity": True,
        }
        path = "/qr-orders/v1/get-statuses"
        with _outward():
            found = self._internal.call("qr_orders", "get_statuses", "POST", path, body=body)
        return [_order(order) for order in found["orders"]]

    def set_partner_status(
        self, order_id: str, partner_ids: Sequence[str], status: str, reason: str | None
    ) -> Status:
        body = {
            "order_id": order_id,
            "partner_ids": list(partner_ids),
            "status": status,
            "source": "pos",
            **({} if reason is None else {"reason": reason}),
        }
        path = "/qr-orders/v1/update-partner-status"
        with _outward():
            found = self._internal.call(
                "qr_orders", "update_partner_status", "POST", path, body=body
            )
        return _status(found["status"])


class SilentOrdersClient:
    """Serves ports.SilentOrders."""

    def __init__(self, internal: Internal) -> None:
        self._internal = internal

    def silent(
        self, polled_before: datetime, cursor: str | None
    ) -> tuple[list[SilentOrder], str | None]:
        body = {
            "polled_before": to_iso(polled_before),
            **({} if cursor is None else {"cursor": cursor}),
        }
        path = "/qr-orders/v1/get-inactive"
        found = self._internal.call("qr_orders", "get_inactive", "POST", path, body=body)
        orders = [
            SilentOrder(order["order_id"], order["partner_id"], order["last_polled_at"])
            for order in found["orders"]
        ]
        return orders, found.get("cursor")

    def expire(self, order: SilentOrder) -> None:
        body = {
            "order_id": order.order_id,
            "partner_ids": [order.partner_id],
            "status": "expired",
            "source": "activity_check",
            "last_polled_at": order.last_polled_at,
        }
        path = "/qr-orders/v1/update-partner-status"
        self._internal.call("qr_orders", "update_partner_status", "POST", path, body=body)


def _status(found: dict[str, str]) -> Status:
    return Status(found["payment"], found["partner"])


def _order(found: dict[str, Any]) -> Order:
    return Order(
        order_id=found["order_id"],
        external_order_id=found["external_order_id"],
        status=Status(found["payment_status"], found["partner_status"]),
        total=found["total"],
        version=found["version"],
        updated_at=found["updated_at"],
        expires_at=datetime.fromisoformat(found["expires_at"]),
    )
