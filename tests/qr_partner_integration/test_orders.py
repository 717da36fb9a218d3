"""POST /external/v1/orders, through the function (QI-01, QI-09, QI-10)."""

import json
from typing import Any

import pytest

from shared.errors import Conflict, NotAuthorized, Refused, Unavailable
from shared.http_event import Event
from tests.qr_partner_integration.fakes import (
    API_KEY,
    EXPIRES_AT,
    OVER,
    SERVICE,
    SNAPSHOT,
    Behind,
    Till,
    created,
    partner,
)
from tests.support.aws_world import World
from tests.support.intrinsics import ROOT, Json

CREATE = "qr_orders.create"


@pytest.fixture
def till(world: World) -> Till:
    return Till(world, world.load(SERVICE, "orders"), "/external/v1/orders")


def bill(**changes: Any) -> Json:
    item = {"id": "1", "name": "Борщ", "quantity": "2", "price": "800", "total": "1570.00"}
    items = [{**item, "discount": "30.00", "vat": "20"}]
    body = {"order_id": "A-1", "version": 1, "total": "1570.00", "items": items}
    return {**body, **changes}


def test_an_opened_order_has_its_qr_code_and_nothing_of_a_guest(till: Till) -> None:
    assert till.post(bill()) == (
        200,
        {
            "id": "01A",
            "status": "NEW",
            "qr": {"url": "https://pay.example/q/01A", "short_code": "K7Q4M9XY"},
            "qr_code_url": "https://pay.example/q/01A",
            "version": 1,
            "expires_at": EXPIRES_AT,
            "next_poll_after_ms": 3000,
        },
    )


def test_the_sample_event_opens_an_order(world: World, till: Till) -> None:
    event: Event = json.loads((ROOT / f"events/{SERVICE}/orders.json").read_text())
    assert world.invoke(till.module, event)[0] == 200


def test_the_order_carries_the_restaurants_own_data(till: Till, services: Behind) -> None:
    till.post(bill(table="12", currency="RUB", partner_id="p_foreign", user_id="guest-1"))

    (sent,) = services.asked(CREATE)
    (item,) = sent.pop("items")
    assert sent == {
        "partner_id": "p_r1",
        "group_id": "g_1",
        "external_order_id": "A-1",
        "external_version": 1,
        "currency": "RUB",
        "total": "1570.00",
        "pos_system": "other",
        "table": "12",
        "partner": SNAPSHOT,
    }
    assert (item["name"], item["discount"]) == ("Борщ", "30.00")


def test_the_key_is_looked_up_once_a_minute(till: Till, services: Behind) -> None:
    for number in range(3):
        till.post(bill(order_id=f"A-{number}"))

    assert services.asked("qr_partners.get_authorize") == [{"api_key": API_KEY}]
    assert len(services.asked(CREATE)) == 3


def test_a_repeat_tells_what_became_of_the_order(till: Till, services: Behind) -> None:
    services.answers[CREATE] = created("holding", created=False)

    _status, body = till.post(bill())

    assert (body["status"], body["next_poll_after_ms"]) == ("PAYMENT_IN_PROGRESS", 1000)


def test_a_repeat_after_the_time_is_expired(till: Till, services: Behind) -> None:
    services.answers[CREATE] = created(created=False, expires_at=OVER)
    assert till.post(bill())[1]["status"] == "EXPIRED"


def test_a_key_of_several_restaurants_must_say_which(till: Till, services: Behind) -> None:
    services.partners = [partner("r1"), partner("r2")]

    unsaid, said = till.post(bill()), till.post(bill(restaurant_id="r2"))

    assert (unsaid[0], unsaid[1]["code"]) == (400, "restaurant_id_required")
    assert said[0] == 200
    assert [sent["partner_id"] for sent in services.asked(CREATE)] == ["p_r2"]


@pytest.mark.parametrize(
    ("partners", "restaurant_id"),
    [([partner("r1")], "r2"), ([partner("r1", enabled=False)], None), ([], None)],
    ids=["foreign", "disabled", "none at all"],
)
def test_a_restaurant_that_is_not_the_keys_is_a_403(
    till: Till, services: Behind, partners: list[Json], restaurant_id: str | None
) -> None:
    services.partners = partners

    status, body = till.post(bill(restaurant_id=restaurant_id))

    assert (status, body["code"]) == (403, "restaurant_not_allowed")
    assert services.asked(CREATE) == []


def test_a_foreign_currency_is_a_422(till: Till, services: Behind) -> None:
    status, body = till.post(bill(currency="KZT"))

    assert (status, body["code"]) == (422, "currency_mismatch")
    assert services.asked(CREATE) == []


@pytest.mark.parametrize("code", ["total_mismatch", "zero_total", "bad_amount"])
def test_a_wrong_sum_is_refused_in_the_words_of_qr_orders(
    till: Till, services: Behind, code: str
) -> None:
    services.answers[CREATE] = Refused(code, item="1")
    status, body = till.post(bill())
    assert (status, body["code"], body["details"]) == (422, code, {"item": "1"})


@pytest.mark.parametrize(
    ("code", "inside", "external"),
    [
        ("idempotency_conflict", ("new", "open"), "NEW"),
        ("stale_version", ("hold_failed", "open"), "NEW"),
        ("payment_in_progress", ("holding", "open"), "PAYMENT_IN_PROGRESS"),
        ("order_already_paid", ("cleared", "closed"), "CLOSED"),
        ("order_closed", ("expired", "expired"), "EXPIRED"),
    ],
)
def test_a_conflict_is_told_in_the_tills_words(
    till: Till, services: Behind, code: str, inside: tuple[str, str], external: str
) -> None:
    status_inside = dict(zip(("payment", "partner"), inside, strict=True))
    services.answers[CREATE] = Conflict(code, status=status_inside, version=2, user_id="guest-1")

    status, body = till.post(bill())

    assert (status, body["code"]) == (409, code)
    assert body["details"] == {"status": external, "version": 2}


def test_a_key_revoked_a_moment_ago_is_a_401(till: Till, services: Behind) -> None:
    services.answers["qr_partners.get_authorize"] = NotAuthorized("api_key_unknown")

    status, body = till.post(bill())

    assert (status, body["code"]) == (401, "api_key_unknown")
    assert services.asked(CREATE) == []


@pytest.mark.parametrize("name", ["qr_partners.get_authorize", CREATE])
def test_an_outage_says_nothing_of_our_inside(till: Till, services: Behind, name: str) -> None:
    services.answers[name] = Unavailable("service_unavailable", callee=f"test-{name}")
    status, body = till.post(bill())
    assert (status, body["code"], body["details"]) == (503, "service_unavailable", {})


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"order_id":"a","order_id":"b"}'])
def test_a_malformed_body_is_a_400_and_asks_nobody(till: Till, services: Behind, body: str) -> None:
    assert till.post(body)[0] == 400
    assert services.calls == []


def test_the_key_is_never_printed(
    till: Till,
    services: Behind,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    till.post(bill())
    services.answers[CREATE] = Unavailable("service_unavailable")
    till.post(bill())

    lines = [str(vars(record)) for record in caplog.records]
    assert lines
    assert API_KEY not in "".join([*lines, *capfd.readouterr()])
