"""POST /external/v1/orders/status/list, through the function (QI-02, QI-10, AR-07)."""

import json

import pytest

from shared.errors import Unavailable
from tests.qr_partner_integration.fakes import OVER, SERVICE, Behind, Till, order
from tests.support.aws_world import World
from tests.support.intrinsics import Json

STATUSES = "qr_orders.get_statuses"


@pytest.fixture
def till(world: World) -> Till:
    module = world.load(SERVICE, "orders_status_list")
    return Till(world, module, "/external/v1/orders/status/list")


def poll(till: Till, *ids: str) -> Json:
    status, body = till.post({"ids": list(ids)})
    assert status == 200
    return body


def test_an_order_is_told_by_a_closed_set_of_fields(till: Till, services: Behind) -> None:
    services.orders["01A"] = order("01A", "held")

    assert poll(till, "01A") == {
        "orders": [
            {
                "id": "01A",
                "order_id": "till-01A",
                "status": "PAID",
                "paid_total": "1570.00",
                "version": 1,
                "updated_at": "2026-01-02T10:00:00.000Z",
            }
        ],
        "next_poll_after_ms": 3000,
    }


@pytest.mark.parametrize(
    ("payment", "partner", "paid"),
    [
        ("held", "open", True),
        ("cleared", "closed", True),
        ("new", "open", False),
        ("holding", "open", False),
        ("partially_refunded", "closed", False),
        ("cancelled", "cancelled", False),
    ],
)
def test_the_paid_total_is_told_of_a_paid_order_only(
    till: Till, services: Behind, payment: str, partner: str, paid: bool
) -> None:
    services.orders["01A"] = order("01A", payment, partner_status=partner)
    assert ("paid_total" in poll(till, "01A")["orders"][0]) is paid


def test_orders_come_in_the_order_asked_and_each_once(till: Till, services: Behind) -> None:
    services.orders = {each: order(each) for each in ("01A", "01B")}

    body = poll(till, "01B", "none", "01A", "01B")

    assert [found["id"] for found in body["orders"]] == ["01B", "none", "01A"]
    assert services.asked(STATUSES)[0]["order_ids"] == ["01B", "none", "01A"]


def test_a_foreign_order_looks_exactly_like_an_unknown_one(till: Till, services: Behind) -> None:
    # qr_orders reports foreign ids among those not found.
    body = poll(till, "foreign", "unknown")

    assert [json.dumps(found).replace("foreign", "unknown") for found in body["orders"]] == [
        '{"id": "unknown", "status": "NOT_FOUND"}'
    ] * 2


def test_only_the_keys_own_restaurants_are_asked_for(till: Till, services: Behind) -> None:
    till.post({"ids": ["01A"], "partner_ids": ["p_foreign"]})

    assert services.asked(STATUSES) == [
        {"order_ids": ["01A"], "partner_ids": ["p_r1"], "touch_activity": True}
    ]


def test_a_key_without_restaurants_finds_nothing(till: Till, services: Behind) -> None:
    services.orders["01A"] = order("01A")
    alone = Till(till.world, till.module, till.route, partner_ids=())

    assert poll(alone, "01A")["orders"] == [{"id": "01A", "status": "NOT_FOUND"}]


def test_an_unpaid_order_past_its_time_is_expired(till: Till, services: Behind) -> None:
    services.orders["01A"] = order("01A", "hold_failed", expires_at=OVER)
    body = poll(till, "01A")
    assert (body["orders"][0]["status"], body["next_poll_after_ms"]) == ("EXPIRED", 10_000)


def test_a_running_payment_asks_for_a_quick_poll(till: Till, services: Behind) -> None:
    services.orders = {"01A": order("01A"), "01B": order("01B", "init")}
    assert poll(till, "01A", "01B")["next_poll_after_ms"] == 1000


def test_a_status_of_tomorrow_is_pending_and_alarms(
    till: Till, services: Behind, caplog: pytest.LogCaptureFixture
) -> None:
    services.orders["01A"] = order("01A", "invented")

    body = poll(till, "01A")

    assert body["orders"][0]["status"] == "PAYMENT_IN_PROGRESS"
    assert [record.message for record in caplog.records] == ["status_unknown"]


@pytest.mark.parametrize(
    "body",
    [
        *("", "{", "[]", "null", '"ids"', "{}", '{"ids":{}}', '{"ids":[]}', '{"ids":["a"],'),
        *('{"ids":[1]}', '{"ids":[null]}', '{"ids":[""]}', '{"ids":["a/b"]}', '{"ids":["a "]}'),
        *(
            '{"ids":["\\ud800"]}',
            '{"ids":["\u0663"]}',
            '{"ids":["a\\n"]}',
            '{"ids":["a"],"ids":[]}',
        ),
        json.dumps({"ids": ["a" * 65]}),
        json.dumps({"ids": ["a"] * 101}),
    ],
)
def test_a_malformed_body_is_a_400_and_asks_nobody(till: Till, services: Behind, body: str) -> None:
    status, found = till.post(body)

    assert status == 400
    assert found["code"] in {"malformed_json", "validation_failed"}
    assert services.calls == []


def test_a_hundred_orders_fit_in_one_poll(till: Till, services: Behind) -> None:
    ids = [f"01{number:03}" for number in range(100)]
    services.orders = {each: order(each) for each in ids}
    assert len(poll(till, *ids)["orders"]) == 100


def test_an_outage_is_a_503(till: Till, services: Behind) -> None:
    services.answers[STATUSES] = Unavailable("service_unavailable", callee="inside")
    status, body = till.post({"ids": ["01A"]})
    assert (status, body["details"]) == (503, {})


def test_a_good_poll_writes_no_line(
    till: Till,
    services: Behind,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    services.orders["01A"] = order("01A")
    poll(till, "01A")
    assert ("".join(capfd.readouterr()), caplog.records) == ("", [])
