"""Who can meet at an order: guests, tills, operators, workers, the clock."""

import json
from collections.abc import Callable
from typing import Any, Final

from tests.proofs.refunds import SOUP
from tests.qr_orders.support import hasty
from tests.support import calls
from tests.support.intrinsics import Json
from tests.support.orders import (
    PARTNER,
    close,
    create,
    get,
    internal,
    pay,
    refund,
)
from tests.support.town import Town

Act = Callable[[Town, str], object]
NUMBER: Final = "pair"
TTL_S, SILENCE_S = 600, 300
MOST: Final = [{"id": "1", "amount": "700.00"}, {"id": "2", "amount": "500.00"}]
MOST_MINOR: Final = 120000


def run(place: Town, task: str, body: dict[str, Any]) -> object:
    """A message for a task; a crash of it is the harness's."""
    record = {"messageId": "m", "body": json.dumps(body)}
    return place.run("qr_orders", f"tasks.{task}", {"Records": [record]})


def state_of(place: Town, order_id: str) -> tuple[str, str]:
    status = get(place, order_id)["status"]
    return status["payment"], status["partner"]


def tasks_of(place: Town, order_id: str) -> list[str]:
    return [row["task_id"] for row in place.rows("qr_orders-tasks") if order_id in row["task_id"]]


def paying(place: Town, order_id: str) -> object:
    return pay(place, order_id, user="guest-2")


def rivalling(place: Town, order_id: str) -> object:
    return pay(place, order_id, user="guest-3")


def replacing(place: Town, order_id: str) -> object:
    del order_id
    return create(place, external_order_id=NUMBER, external_version=2, table="7")


def replacing_hasty(place: Town, order_id: str) -> object:
    del order_id
    body = {"external_order_id": NUMBER, "external_version": 2, "expires_in_sec": TTL_S}
    return create(place, **body, table="7", partner=hasty(SILENCE_S))


def expiring(place: Town, order_id: str) -> object:
    return close(place, order_id, "expired", "admin")


def cancelling(place: Town, order_id: str) -> object:
    return close(place, order_id, "cancelled")


def closing(place: Town, order_id: str) -> object:
    return close(place, order_id)


def polling(place: Town, order_id: str) -> object:
    body = {"order_ids": [order_id], "partner_ids": [PARTNER], "touch_activity": True}
    return internal(place, "get_statuses", body)


def checking(place: Town, _order_id: str) -> object:
    return place.run("qr_partner_integration", "crons.check_external_activity", {})


def expire(place: Town, order_id: str) -> object:
    return run(place, "expired", {"task_id": f"qr_order_expired#{order_id}"})


def watching(place: Town, order_id: str) -> object:
    return run(place, "check_payment", {"task_id": f"qr_order_check_payment#{order_id}"})


def clearer(place: Town, order_id: str) -> object:
    return run(place, "close", {"task_id": f"qr_orders_close#{order_id}"})


def sender(place: Town, order_id: str) -> object:
    return run(
        place, "update_transactions", {"task_id": f"qr_order_update_transactions#{order_id}"}
    )


def news_of(order_id: str, version: int) -> Json:
    return {"event_id": f"e{version}", "invoice_id": f"{order_id}-1", "version": version}


def news(place: Town, order_id: str) -> object:
    return run(place, "transactions_callback", news_of(order_id, 1))


def next_news(place: Town, order_id: str) -> object:
    return run(place, "transactions_callback", news_of(order_id, 2))


def newest_news(place: Town, order_id: str) -> object:
    return run(place, "transactions_callback", news_of(order_id, 3))


def succeeding(place: Town, order_id: str) -> object:
    """A worker that finds the lease of another one over: time may pass between any two calls."""
    calls.point("clock", "advance", lambda: place.aws.clock.advance(1000))
    return watching(place, order_id)


def sweeping(place: Town, _order_id: str) -> object:
    return place.run("qr_orders", "crons.sweep", {})


def refunding(place: Town, order_id: str) -> tuple[int, Json]:
    return refund(place, order_id, "a", 1, items=SOUP)


def refunding_most(place: Town, order_id: str) -> tuple[int, Json]:
    """Two of these are more than was paid."""
    return refund(place, order_id, "a", 1, items=MOST)


def refunding_most_too(place: Town, order_id: str) -> tuple[int, Json]:
    return refund(place, order_id, "b", 1, items=MOST)


def ticket_of(order_id: str, number: int) -> Json:
    return {
        **{"ticket_id": f"cb-{order_id}:{number}", "order_id": order_id, "amount": "78.00"},
        **{"currency": "RUB", "credited_at": "2026-01-02T10:00:30.000Z"},
    }


def crediting(place: Town, order_id: str) -> object:
    return run(place, "cashback_notify", ticket_of(order_id, 1))


def telling(place: Town, order_id: str) -> object:
    return run(place, "cashback_notify", {"task_id": f"qr_order_cashback_notify#cb-{order_id}:1"})


def telling_too(place: Town, order_id: str) -> object:
    return run(place, "cashback_notify", {"task_id": f"qr_order_cashback_notify#cb-{order_id}:2"})
