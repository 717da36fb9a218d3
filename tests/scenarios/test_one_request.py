"""One request's id is in the log of every function that worked on it (AR-18): gateway, endpoint,
internal calls, tasks, outside systems; and whoever gives none gets the gateway's.
"""

import json
from collections.abc import Callable

import requests

from local.actors import Json
from local.bill import BILL
from local.narration import wait_for
from local.scenes import Place, methods

# Of the payment: the guest's tap, the price of the order, the invoice, and the look at it.
PAID = {
    *("client_api-orders", "qr_orders-start_payment", "qr_order_check_payment"),
    "sandbox-transactions",
}
# Of the till's word that the table is closed: the clear, the document, the receipt.
CLOSED = {
    *("qr_partner_integration-order_status", "qr_orders-update_partner_status"),
    *("qr_orders_close", "qr_order_check_payment", "qr_order_process_cleared"),
    *("qr_order_render_receipt", "sandbox-transactions", "sandbox-eda", "sandbox-notify"),
}
SERVICES = ("client_api", "qr_partner_integration", "qr_partners", "qr_orders", "sandbox")


def workers(place: Place, request_id: str) -> set[str]:
    """The functions and tasks in whose log lines the id stands, by their own metrics."""
    found = set()
    for service in SERVICES:
        answer = place.stack.client("logs").filter_log_events(
            logGroupName=f"/payments/dev/{service}/functions", filterPattern=f'"{request_id}"'
        )
        for line in (_line(each["message"]) for each in answer["events"]):
            assert line["request_id"] == request_id
            found.add(line.get("Operation", ""))
    return found - {""}


def _line(message: str) -> Json:
    found: Json = json.loads(message)
    return found


def _worked(place: Place, request_id: str, wanted: set[str]) -> Callable[[], bool]:
    return lambda: workers(place, request_id) >= wanted


def test_one_id_is_followed_from_the_gateway_to_the_receipt(place: Place) -> None:
    apis = place.facts["apis"]
    opened = place.till.open(BILL | {"restaurant_id": "r1", "order_id": "TRACE-1"})
    seen = place.guest.preorder(opened["qr"]["url"])
    order_id, card = str(opened["id"]), methods(seen)["card-ok"]

    paid = requests.post(
        f"{apis['client_api']}/4.0/payments/v1/orders",
        json={
            **{"order_id": order_id, "version": seen["order"]["version"]},
            **{"total": seen["order"]["total"]},
            "payment_method": {"type": card["type"], "id": card["id"]},
        },
        headers={
            "Authorization": f"Bearer {place.guest.jwt}",
            **{"Idempotency-Key": "trace-1", "X-Request-Id": "trace-of-the-guest"},
        },
        timeout=30,
    )
    assert paid.headers["X-Request-Id"] == "trace-of-the-guest"
    place.wait_for_till(order_id, "PAID")
    wait_for("traced", _worked(place, "trace-of-the-guest", PAID), True)

    closed = requests.post(
        f"{apis['qr_partner_integration']}/external/v1/order/status",
        json={"id": order_id, "status": "CLOSED"},
        headers={"X-API-Key": place.facts["partner"]["api_key"]},
        timeout=30,
    )
    gateways = closed.headers["X-Request-Id"]
    place.wait_for_payment(order_id, "cleared")
    wait_for("traced", _worked(place, gateways, CLOSED), True)
