"""What a till can do: open an order, watch its orders, end one (QI-01..03)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from qr_partner_integration.limits import NewOrderLimit
from qr_partner_integration.model import (
    PARTNER_STATUSES,
    Bill,
    External,
    OpenedOrder,
    Order,
    Restaurant,
    Status,
)
from qr_partner_integration.ports import OrdersPort, PartnersPort
from shared import logs
from shared.clock import Clock
from shared.errors import Conflict, Forbidden, InvalidRequest, NotFound, Refused
from shared.secret import Secret


@dataclass(frozen=True, slots=True)
class Till:
    """`partner_ids`, the restaurants of the caller's key, come from the authorizer alone."""

    orders: OrdersPort
    clock: Clock

    def statuses(
        self, order_ids: Sequence[str], partner_ids: Sequence[str]
    ) -> list[tuple[str, External, Order | None]]:
        """In the order asked, each id once; a foreign order is NOT_FOUND like an unknown one."""
        wanted = list(dict.fromkeys(order_ids))
        orders = self.orders.statuses(wanted, partner_ids) if partner_ids else []
        found = {order.order_id: order for order in orders}
        return [
            (order_id, self._seen(found.get(order_id)), found.get(order_id)) for order_id in wanted
        ]

    def _seen(self, order: Order | None) -> External:
        if order is None:
            return External.NOT_FOUND
        return _alert_unknown(order.status).external_at(self.clock.now(), order.expires_at)

    def set_status(
        self, order_id: str, partner_ids: Sequence[str], status: str, reason: str | None
    ) -> External:
        """Raises NotFound order_not_found; Conflict not_paid, payment_in_progress or
        invalid_transition with the external status in its details.
        """
        if not partner_ids:
            raise NotFound("order_not_found")
        internal = PARTNER_STATUSES[status]
        with _external_conflicts():
            found = self.orders.set_partner_status(order_id, partner_ids, internal, reason)
        return _alert_unknown(found).external


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens orders; repeats are safe by the natural key (restaurant, order id, version)."""

    partners: PartnersPort
    orders: OrdersPort
    clock: Clock
    limit: NewOrderLimit

    def open_order(self, key_id: str, api_key: Secret, bill: Bill) -> tuple[OpenedOrder, External]:
        """Raises InvalidRequest restaurant_id_required, Forbidden restaurant_not_allowed, Refused
        currency_mismatch, TooManyRequests rate_limited, and what qr_orders refuses: 422 on sums,
        409 with the external status.
        """
        restaurant = _chosen(self.partners.restaurants_of(key_id, api_key), bill.restaurant_id)
        if bill.currency not in (None, restaurant.currency):
            raise Refused("currency_mismatch", currency=restaurant.currency)
        self.limit.take(restaurant.partner_id)
        with _external_conflicts():
            opened = self.orders.create(restaurant, bill)
        status = _alert_unknown(opened.status).external_at(self.clock.now(), opened.expires_at)
        return opened, status


def _chosen(restaurants: Sequence[Restaurant], restaurant_id: str | None) -> Restaurant:
    if restaurant_id is None and len(restaurants) > 1:
        raise InvalidRequest("restaurant_id_required")
    for restaurant in restaurants:
        if restaurant.enabled and restaurant_id in (None, restaurant.external_id):
            return restaurant
    raise Forbidden("restaurant_not_allowed")


@contextmanager
def _external_conflicts() -> Iterator[None]:
    """A conflict in the till's own words: external status and version, nothing else (QI-10)."""
    try:
        yield
    except Conflict as problem:
        details = dict(problem.details)
        told: dict[str, object] = {}
        if isinstance(status := details.get("status"), dict):
            told["status"] = Status(status["payment"], status["partner"]).external
        if "version" in details:
            told["version"] = details["version"]
        raise Conflict(problem.code, problem.message, **told) from problem


def _alert_unknown(status: Status) -> Status:
    if not status.known:
        logs.error("status_unknown", payment=status.payment, partner=status.partner)
    return status
