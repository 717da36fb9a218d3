"""Whose object is it: at each route behind which several callers have objects of their own.

A route of an API that a partner or a guest calls needs a row here, or a reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from local.bill import BILL
from tests.fleet_payment_systems.desk import BASE
from tests.fleet_payment_systems.desk import ROUTES as DISPATCHERS
from tests.support.intrinsics import Json

# Whoever may call a route sees every object: who that is, IAM says of each route.
BACK_OFFICE: Final = {
    "qr_orders": "our own services, which name the partners they ask for, and operators",
    "qr_partners": "our own services and operators",
    "scooters_payments": "the mobility backend, which names its own riders, and support",
}
# Asked park by park in tests/fleet_payment_systems/test_authorisation.py.
PARKS: Final = {f"{method} {BASE}{path}" for method, path in DISPATCHERS.values()}
# Asked driver by driver in tests/fleet_payment_systems/test_payments.py and its neighbours.
DRIVERS: Final = {
    *("GET /driver/v1/payment-systems", "POST /driver/v1/payments"),
    "GET /driver/v1/payments/{payment_id}",
}
ANYBODYS: Final = {
    "POST /4.0/qr-pay/v1/restaurant": "what anybody may know of a restaurant",
    "POST /4.0/qr-pay/v1/restaurants": "what anybody may know of restaurants",
}


@dataclass(frozen=True, slots=True)
class Probe:
    """What is asked about an order of "own", and whether an answer shows it or acts on it."""

    body: Callable[[Json], Json]
    shows: Callable[[int, Json, Json], bool]


def _ok(status: int, answer: Json, order: Json) -> bool:
    return status == 200


def _lists(status: int, answer: Json, order: Json) -> bool:
    return order["id"] in str(answer)


def _finds(status: int, answer: Json, order: Json) -> bool:
    return answer.get("code") != "order_not_found"


def _by_id(order: Json) -> Json:
    return {"order_id": order["id"]}


def _payment(order: Json) -> Json:
    method = {"type": "card", "id": "card-ok"}
    return {**_by_id(order), "version": 1, "total": BILL["total"], "payment_method": method}


TILLS: Final[Mapping[str, Probe]] = {
    "POST /external/v1/orders": Probe(lambda order: BILL | {"restaurant_id": "r1"}, _lists),
    "POST /external/v1/orders/status/list": Probe(
        lambda order: {"ids": [order["id"]]},
        lambda status, answer, order: answer["orders"][0]["status"] != "NOT_FOUND",
    ),
    "POST /external/v1/order/status": Probe(
        lambda order: {"id": order["id"], "status": "CLOSED"}, _finds
    ),
}
GUESTS: Final[Mapping[str, Probe]] = {
    "POST /4.0/payments/v1/orders": Probe(_payment, _ok),
    "POST /4.0/payments/v1/preorder": Probe(lambda order: {"order": order["id"]}, _ok),
    "POST /4.0/payments/v1/orders/retrieve": Probe(_by_id, _ok),
    "POST /4.0/qr-orders/v1/orderhistory/list": Probe(lambda order: {}, _lists),
    "POST /iiko-integration/v1/orderhistory/list": Probe(lambda order: {}, _lists),
    "POST /iiko-integration/v1/orderhistory/order": Probe(_by_id, _finds),
}
KNOWN: Final = {*TILLS, *GUESTS, *PARKS, *DRIVERS, *ANYBODYS}
