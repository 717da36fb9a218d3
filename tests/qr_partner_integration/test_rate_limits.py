"""The limits of QI-08 as a till meets them, through the functions."""

from typing import Any

import pytest

from shared.errors import Unavailable
from tests.qr_partner_integration.fakes import SERVICE, Behind, Till, behind, order
from tests.qr_partner_integration.test_orders import bill
from tests.support.aws_world import World

ROUTES: dict[str, tuple[str, Any]] = {
    "orders": ("/external/v1/orders", bill()),
    "orders_status_list": ("/external/v1/orders/status/list", {"ids": ["01A"]}),
    "order_status": ("/external/v1/order/status", {"id": "01A", "status": "CLOSED"}),
}


def till_of(world: World, function: str) -> tuple[Till, Any]:
    route, body = ROUTES[function]
    return Till(world, world.load(SERVICE, function), route), body


@pytest.mark.parametrize("function", ROUTES)
def test_a_key_that_calls_too_often_is_told_when_to_come_back(function: str) -> None:
    with behind(CallRatePerSec="1", CallBurst="2") as (world, services):
        services.orders["01A"] = order("01A", "held")
        till, body = till_of(world, function)
        passed = [till.post(body)[0] for _ in range(2)]
        asked = len(services.calls)

        refused = till.answer(body)

        assert passed == [200, 200]
        assert (refused["statusCode"], refused["headers"]["Retry-After"]) == (429, "1")
        assert '"rate_limited"' in refused["body"]
        assert len(services.calls) == asked


def test_new_orders_of_a_restaurant_are_counted_whoever_serves_them() -> None:
    with behind(NewOrdersPerMinute="1") as (world, services):
        statuses = []
        for _ in range(2):
            till, body = till_of(world, "orders")  # another process each time
            statuses.append(till.post(body)[0])

        assert statuses == [200, 429]
        assert len(services.asked("qr_orders.create")) == 1


def test_a_refused_order_is_not_counted() -> None:
    with behind(NewOrdersPerMinute="1") as (world, _services):
        till, body = till_of(world, "orders")

        wrong = till.post(body | {"currency": "KZT"})[0]

        assert (wrong, till.post(body)[0]) == (422, 200)


def test_polls_are_not_counted_as_orders() -> None:
    with behind(NewOrdersPerMinute="1") as (world, services):
        services.orders["01A"] = order("01A")
        till, body = till_of(world, "orders_status_list")
        assert [till.post(body)[0] for _ in range(3)] == [200, 200, 200]


def test_an_order_is_opened_while_the_counts_are_away(
    world: World, services: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise Unavailable("storage_unavailable")

    till, body = till_of(world, "orders")
    monkeypatch.setattr("qr_partner_integration.store.OrderCounts.count", away)

    assert till.post(body)[0] == 200
    assert len(services.asked("qr_orders.create")) == 1
