"""POST /qr-orders/v1/get-inactive: which tills have fallen silent (QO-41, decision 9)."""

from datetime import timedelta
from typing import Any

import pytest

from qr_orders.model import Partner, Payment
from shared.clock import to_iso
from tests.qr_orders.support import PARTNER, Shop, hasty

UNPAID = (Payment.NEW, Payment.HOLD_FAILED)


def ask(here: Shop, **changes: Any) -> dict[str, Any]:
    """All that are silent by now, unless `changes` say otherwise."""
    now = to_iso(here.clock.now())
    status, body = here.post("get_inactive", **{"polled_before": now, **changes})
    assert status == 200, body
    return body


def silent(here: Shop, **changes: Any) -> list[str]:
    return [order["order_id"] for order in ask(here, **changes)["orders"]]


def poll(here: Shop, *order_ids: str) -> None:
    assert here.post("get_statuses", order_ids=list(order_ids))[0] == 200


def test_never_polled_order_counts_from_its_creation(here: Shop) -> None:
    order_id = here.open()
    here.clock.advance(299.999)
    assert silent(here) == []

    here.clock.advance(0.001)

    (found,) = ask(here)["orders"]
    assert found == {
        "order_id": order_id,
        "partner_id": PARTNER,
        "last_polled_at": "2026-01-02T10:00:00.000Z",
    }


def test_polled_order_counts_from_its_last_poll(here: Shop) -> None:
    order_id = here.open()
    here.clock.advance(200)
    poll(here, order_id)
    here.clock.advance(299.999)
    assert silent(here) == []

    here.clock.advance(0.001)

    assert ask(here)["orders"][0]["last_polled_at"] == "2026-01-02T10:03:20.000Z"


def test_new_basket_is_a_sign_of_life(here: Shop) -> None:
    here.open()
    here.clock.advance(200)
    here.post("create", external_version=2, table="13")
    here.clock.advance(200)

    assert silent(here) == []


def test_only_orders_seen_before_the_given_moment_are_listed(here: Shop) -> None:
    order_id = here.open()
    opened = here.clock.now()
    here.clock.advance(400)

    assert silent(here, polled_before=to_iso(opened)) == []
    assert silent(here, polled_before=to_iso(opened + timedelta(milliseconds=1))) == [order_id]


@pytest.mark.parametrize("payment", list(Payment))
@pytest.mark.parametrize("said", list(Partner))
def test_only_open_unpaid_orders_are_listed(here: Shop, payment: Payment, said: Partner) -> None:
    here.opened_in(payment, partner=said)
    here.clock.advance(3600)

    assert bool(silent(here)) is (payment in UNPAID and said is Partner.OPEN)


def test_restaurants_own_time_out_wins(here: Shop) -> None:
    quick = here.open(partner=hasty(30), external_order_id="quick")
    here.open(partner=hasty(3600), external_order_id="slow")
    here.clock.advance(300)

    assert silent(here) == [quick]


def test_restaurant_without_a_setting_has_the_usual_one(here: Shop) -> None:
    order_id = here.open(partner=hasty(30) | {"settings": {}})
    here.clock.advance(299.999)
    assert silent(here) == []

    here.clock.advance(0.001)

    assert silent(here) == [order_id]


def test_restaurant_that_is_told_by_webhook_is_not_expected_to_poll(here: Shop) -> None:
    order_id = here.open(partner=hasty(30) | {"webhook": True})
    here.clock.advance(3600)

    poll(here, order_id)

    assert silent(here) == []
    assert "last_polled_at" not in here.rows("orders")[0]


def test_pages_hold_every_order_once(here: Shop) -> None:
    ids = {here.open(external_order_id=str(number)) for number in range(12)}
    here.clock.advance(400)
    found, page = [], ask(here, limit=5)
    found += page["orders"]
    while "cursor" in page:
        page = ask(here, limit=5, cursor=page["cursor"])
        found += page["orders"]

    assert sorted(order["order_id"] for order in found) == sorted(ids)


def test_orders_that_end_between_two_pages_hide_no_other(here: Shop) -> None:
    ids = {here.open(external_order_id=str(number)) for number in range(7)}
    here.clock.advance(400)
    seen: set[str] = set()
    page: dict[str, Any] = {}
    for _ in range(8):
        page = ask(here, limit=1, cursor=page.get("cursor"))
        for order in page["orders"]:
            seen.add(order["order_id"])
            wish = {"status": "expired", "source": "activity_check"}
            here.post("update_partner_status", order_id=order["order_id"], **wish)

    assert seen == ids


def test_one_page_is_a_query_a_shard_and_one_read(here: Shop) -> None:
    here.open()
    here.clock.advance(400)
    ask(here)

    with here.watched() as seen:
        ask(here)

    assert seen == ["dynamodb.Query"] * 8 + ["dynamodb.BatchGetItem"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"polled_before": None}, "validation_failed"),
        ({"polled_before": "yesterday"}, "validation_failed"),
        ({"polled_before": "2026-01-02T10:00:00"}, "validation_failed"),
        ({"limit": 0}, "validation_failed"),
        ({"limit": 101}, "validation_failed"),
        ({"cursor": "!"}, "cursor_invalid"),
        ({"cursor": "MS8y"}, "cursor_invalid"),
    ],
)
def test_question_of_another_form_is_not_read(
    here: Shop, changes: dict[str, Any], code: str
) -> None:
    status, body = here.post("get_inactive", **changes)

    assert (status, body["code"]) == (400, code)
