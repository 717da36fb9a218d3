"""POST /external/v1/order/status, through the function (QI-03)."""

from typing import Any

import pytest

from shared.errors import Conflict, Unavailable
from tests.qr_partner_integration.fakes import SERVICE, Behind, Till, order
from tests.support.aws_world import World

UPDATE = "qr_orders.update_partner_status"


@pytest.fixture
def till(world: World, services: Behind) -> Till:
    services.orders["01A"] = order("01A", "held")
    return Till(world, world.load(SERVICE, "order_status"), "/external/v1/order/status")


@pytest.mark.parametrize(
    ("wanted", "inside", "answer"),
    [("CLOSED", "closed", "CLOSED"), ("CONFIRMED", "confirmed", "PAID")],
)
def test_the_tills_word_becomes_a_partner_status(
    till: Till, services: Behind, wanted: str, inside: str, answer: str
) -> None:
    assert till.post({"id": "01A", "status": wanted, "reason": None}) == (
        200,
        {"id": "01A", "status": answer},
    )
    assert services.asked(UPDATE) == [
        {"order_id": "01A", "partner_ids": ["p_r1"], "status": inside, "source": "pos"}
    ]


def test_a_cancelled_order_keeps_its_reason(till: Till, services: Behind) -> None:
    inside = {"payment": "cancelling", "partner": "cancelled"}
    services.answers[UPDATE] = {"order_id": "01A", "status": inside}

    answer = till.post({"id": "01A", "status": "CANCELLED", "reason": "paid_elsewhere"})

    assert answer == (200, {"id": "01A", "status": "CANCELLED"})
    (sent,) = services.asked(UPDATE)
    assert (sent["status"], sent["reason"]) == ("cancelled", "paid_elsewhere")


@pytest.mark.parametrize(
    ("code", "inside", "external"),
    [
        ("not_paid", ("new", "open"), "NEW"),
        ("payment_in_progress", ("holding", "open"), "PAYMENT_IN_PROGRESS"),
        ("invalid_transition", ("cleared", "closed"), "CLOSED"),
    ],
)
def test_a_conflict_tells_the_external_status(
    till: Till, services: Behind, code: str, inside: tuple[str, str], external: str
) -> None:
    status_inside = dict(zip(("payment", "partner"), inside, strict=True))
    services.answers[UPDATE] = Conflict(code, status=status_inside, user_id="guest-1")

    status, body = till.post({"id": "01A", "status": "CLOSED"})

    assert (status, body["code"], body["details"]) == (409, code, {"status": external})


def test_an_unknown_order_and_a_foreign_one_are_the_same_404(till: Till) -> None:
    answers = [till.post({"id": each, "status": "CLOSED"}) for each in ("none", "foreign")]

    for _status, body in answers:
        del body["request_id"]
    assert answers[0] == answers[1]
    assert (answers[0][0], answers[0][1]["code"]) == (404, "order_not_found")


def test_ownership_comes_from_the_key_alone(till: Till, services: Behind) -> None:
    till.post({"id": "01A", "status": "CLOSED", "partner_ids": ["p_foreign"], "source": "admin"})

    (sent,) = services.asked(UPDATE)
    assert (sent["partner_ids"], sent["source"]) == (["p_r1"], "pos")


def test_a_key_without_restaurants_finds_no_order(till: Till, services: Behind) -> None:
    alone = Till(till.world, till.module, till.route, partner_ids=())
    assert alone.post({"id": "01A", "status": "CLOSED"})[1]["code"] == "order_not_found"
    assert services.calls == []


@pytest.mark.parametrize(
    "body",
    [
        {"id": "01A"},
        {"id": "01A", "status": "OPEN"},
        {"id": "01A", "status": "EXPIRED"},
        {"id": "01A", "status": "closed"},
        {"id": "a/b", "status": "CLOSED"},
        {"id": 1, "status": "CLOSED"},
        {"id": "01A", "status": "CLOSED", "reason": 1},
        "{",
    ],
    ids=str,
)
def test_a_malformed_wish_is_a_400_and_changes_nothing(
    till: Till, services: Behind, body: Any
) -> None:
    assert till.post(body)[0] == 400
    assert services.calls == []


def test_an_outage_is_a_503(till: Till, services: Behind) -> None:
    services.answers[UPDATE] = Unavailable("service_unavailable", callee="inside")
    status, body = till.post({"id": "01A", "status": "CLOSED"})
    assert (status, body["details"]) == (503, {})
