"""POST /qr-orders/v1/admin/find: orders by what an operator knows of them (QO-10)."""

import random
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qr_orders.admin_store import SearchStore
from qr_orders.model import Order, Partner, Payment
from qr_orders.store import to_row
from qr_orders.tables import ClaimRow
from qr_orders.use_cases.admin import Reader
from qr_orders.use_cases.search import Criteria, Search
from shared.clock import SYSTEM, to_iso
from shared.errors import Refused
from shared.ids import new_id
from shared.money import Money
from tests.qr_orders.samples import NOW, ORDER
from tests.qr_orders.support import Shop
from tests.support import calls
from tests.support.atomic_moto import Snapshot
from tests.support.intrinsics import Json

PARTNERS: Final = ("p_1", "p_2")
GROUPS: Final = ("g_1", "g_2")
USERS: Final = ("", "u1", "u2")
DAYS: Final = 4
# So many have the claim of their name: the others are there for the indexes.
NAMED: Final = 21
READER: Final = Reader("anna", "")
# Of every order, whatever it is.
WHOLE: Final = {"created_from": to_iso(NOW), "created_to": to_iso(NOW + timedelta(days=DAYS))}
WAYS: Final = (
    WHOLE,
    {"partner_id": "p_1"},
    {"group_id": "g_2"},
    {"user_id": "u1"},
    {"partner_id": "p_1"} | WHOLE,
)


def made(dice: random.Random, number: int, at: datetime) -> Order:
    """Any order of the two restaurants."""
    return replace(
        ORDER,
        order_id=new_id(at),
        partner_id=dice.choice(PARTNERS),
        group_id=dice.choice(GROUPS),
        user_id=dice.choice(USERS),
        external_order_id=f"A-{number}",
        payment=dice.choice((Payment.NEW, Payment.HELD, Payment.CLEARED)),
        partner=dice.choice((Partner.OPEN, Partner.CLOSED)),
        total=Money(dice.randrange(1, 9) * 10_000, dice.choice(("RUB", "KZT"))),
        created_at=at,
    )


def keep(order: Order) -> Order:
    with calls.outside():
        to_row(order).save()
    return order


@pytest.fixture(scope="module")
def kept(modules_shop: Shop) -> tuple[list[Order], Snapshot]:
    """Three hundred orders of two restaurants over four days, some in the same millisecond."""
    modules_shop.aws.restore(modules_shop.empty)
    dice = random.Random(7)
    moments = [NOW + timedelta(minutes=dice.randrange(DAYS * 1440)) for _ in range(200)]
    moments += moments[:100]
    orders = [keep(made(dice, number, at)) for number, at in enumerate(moments)]
    with calls.outside():
        for order in orders[:NAMED]:
            name = f"external#{order.partner_id}#{order.external_order_id}"
            ClaimRow(name, order_id=order.order_id).save()
    return orders, modules_shop.aws.snapshot()


@pytest.fixture
def evening(modules_shop: Shop, kept: tuple[list[Order], Snapshot]) -> list[Order]:
    """Those orders, and no others."""
    orders, state = kept
    modules_shop.aws.restore(state)
    return orders


def find(shop: Shop, **criteria: Any) -> tuple[int, Json]:
    nothing = dict.fromkeys(("partner_id", "created_from", "created_to", "limit"))
    return shop.post("admin_find", **(nothing | criteria))


def pages(criteria: Criteria, limit: int) -> Iterator[list[Order]]:
    cursor = None
    while True:
        found = Search(SearchStore(), SYSTEM).find(criteria, READER, limit, cursor)
        assert len(found.orders) <= limit
        yield list(found.orders)
        cursor = found.cursor
        if cursor is None:
            return


moments = st.none() | st.integers(0, DAYS * 24).map(lambda hours: NOW + timedelta(hours=hours))
sums = st.none() | st.integers(0, 9).map(lambda tens: tens * 10_000)
criterias = st.builds(
    Criteria,
    partner_id=st.sampled_from(("", *PARTNERS, "p_3")),
    group_id=st.sampled_from(("", *GROUPS)),
    user_id=st.sampled_from(USERS),
    external_order_id=st.just("") | st.integers(0, NAMED - 1).map("A-{}".format),
    payment=st.sampled_from(((), (Payment.NEW,), (Payment.CLEARED, Payment.HELD))),
    partner=st.sampled_from(((), (Partner.OPEN,))),
    currency=st.sampled_from(("", "RUB")),
    least=sums,
    most=sums,
    since=moments,
    until=moments,
)


def refusal(criteria: Criteria) -> str:
    """Why nobody can look for this, by the rules; "" when somebody can."""
    if criteria.least and criteria.most is not None and criteria.least > criteria.most:
        return "range_empty"
    if criteria.since and criteria.until and criteria.since >= criteria.until:
        return "range_empty"
    if criteria.external_order_id:
        return "" if criteria.partner_id else "criteria_incomplete"
    known = criteria.user_id or criteria.partner_id or criteria.group_id
    return "" if known or (criteria.since and criteria.until) else "criteria_incomplete"


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(criteria=criterias, limit=st.sampled_from((9, 40, 100)))
def test_any_combination_finds_what_a_look_at_every_order_finds(
    evening: list[Order], criteria: Criteria, limit: int
) -> None:
    code = refusal(criteria)
    if code:
        with pytest.raises(Refused) as refused:
            list(pages(criteria, limit))
        assert refused.value.code == code
        return
    wanted = [order for order in evening if criteria.fit(order)]

    found = [order for page in pages(criteria, limit) for order in page]

    assert sorted(order.order_id for order in found) == sorted(o.order_id for o in wanted)
    times = [order.created_at for order in found]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("way", WAYS)
def test_walk_meets_every_order_once_while_orders_are_opened(
    modules_shop: Shop, evening: list[Order], way: Json
) -> None:
    dice = random.Random(1)
    wanted = _all(modules_shop, way)
    met: list[str] = []
    cursor = None
    for number in range(100):
        status, body = find(modules_shop, **way, limit=60, cursor=cursor)
        assert status == 200, body
        met += [order["order_id"] for order in body["orders"]]
        cursor = body.get("cursor")
        if cursor is None:
            break
        keep(made(dice, 1000 + number, NOW + timedelta(days=DAYS, seconds=-1)))

    assert len(met) == len(set(met))
    assert set(wanted) <= set(met)


def _all(shop: Shop, way: Json) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        _, body = find(shop, **way, limit=100, cursor=cursor)
        found += [order["order_id"] for order in body["orders"]]
        cursor = body.get("cursor")
        if cursor is None:
            return found


def test_page_that_passed_many_others_is_short_and_goes_on(
    modules_shop: Shop, evening: list[Order]
) -> None:
    rare = evening[17]
    wanted = [
        order.order_id
        for order in evening
        if order.total == rare.total and order.partner_id == rare.partner_id
    ]
    criteria = Criteria(
        partner_id=rare.partner_id,
        currency=rare.total.currency,
        least=rare.total.minor,
        most=rare.total.minor,
    )

    found = list(pages(criteria, 3))

    assert sorted(order.order_id for page in found for order in page) == sorted(wanted)
    assert any(len(page) < 3 for page in found[:-1])


def test_restaurants_own_id_is_found_by_its_claim_alone(here: Shop) -> None:
    order_id = here.open()
    here.module("admin_find")

    with here.watched() as seen:
        _, body = find(here, partner_id="p_demo", external_order_id="A-1021")

    assert [order["order_id"] for order in body["orders"]] == [order_id]
    assert seen == ["dynamodb.GetItem", "dynamodb.BatchGetItem"]
    foreign = {"partner_id": "p_demo", "external_order_id": "A-1021", "partner_status": ["closed"]}
    assert find(here, **foreign)[1] == {"orders": []}


def test_found_order_says_nothing_of_its_guest(here: Shop) -> None:
    order_id = here.holding()
    order = here.order(order_id)

    status, body = find(here, user_id="u1")

    assert status == 200
    assert body == {
        "orders": [
            {
                "order_id": order_id,
                "short_code": order.short_code,
                **{"partner_id": "p_demo", "group_id": "g_demo", "external_order_id": "A-1021"},
                "status": {"payment": "holding", "partner": "open"},
                "expired": False,
                **{"total": "1570.00", "refunded": "0.00", "currency": "RUB"},
                "created_at": "2026-01-02T10:00:00.000Z",
                "updated_at": to_iso(order.updated_at),
            }
        ]
    }


def test_nothing_is_scanned_and_nothing_is_written(
    modules_shop: Shop, evening: list[Order]
) -> None:
    modules_shop.module("admin_find")
    for way in WAYS:
        with modules_shop.watched() as seen:
            find(modules_shop, **way)
        assert set(seen) <= {"dynamodb.Query", "dynamodb.BatchGetItem"}
        assert len(seen) <= 50


@pytest.mark.parametrize(
    ("criteria", "code", "details"),
    [
        ({}, "criteria_incomplete", {"missing": ["created_from", "created_to"]}),
        ({"created_from": to_iso(NOW)}, "criteria_incomplete", {"missing": ["created_to"]}),
        ({"payment_status": ["held"], "currency": "RUB"}, "criteria_incomplete", None),
        ({"external_order_id": "A-1"}, "criteria_incomplete", {"missing": ["partner_id"]}),
        ({"user_id": "u1", "sum_from": "1"}, "criteria_incomplete", {"missing": ["currency"]}),
        ({"user_id": "u1", "sum_to": "0.001", "currency": "RUB"}, "bad_amount", None),
        ({"user_id": "u1", "sum_to": "1", "currency": "XXX"}, "bad_amount", None),
        (
            {"user_id": "u1", "sum_from": "2", "sum_to": "1", "currency": "RUB"},
            "range_empty",
            {"fields": ["sum_from", "sum_to"]},
        ),
        (
            {"created_from": to_iso(NOW), "created_to": to_iso(NOW)},
            "range_empty",
            {"fields": ["created_from", "created_to"]},
        ),
        (
            {
                "created_from": to_iso(NOW),
                "created_to": to_iso(NOW + timedelta(days=31, seconds=1)),
            },
            "range_too_long",
            {"max_days": 31},
        ),
    ],
)
def test_what_no_index_serves_is_refused_by_what_is_missing(
    here: Shop, criteria: Json, code: str, details: Json | None
) -> None:
    status, body = find(here, **criteria)

    assert (status, body["code"]) == (422, code)
    assert details is None or body["details"] == details


@pytest.mark.parametrize("days", [31, 400])
def test_with_an_id_the_dates_may_be_as_far_apart_as_they_like(here: Shop, days: int) -> None:
    dates = {"created_from": to_iso(NOW), "created_to": to_iso(NOW + timedelta(days=days))}

    assert find(here, partner_id="p_1", **dates) == (200, {"orders": []})


@pytest.mark.parametrize(
    "wrong",
    [
        {"operator": None},
        {"operator": ""},
        {"limit": 0},
        {"limit": 101},
        {"payment_status": ["paid"]},
        {"partner_status": []},
        {"created_from": "2026-01-02"},
        {"created_from": "2026-01-02T00:00:00"},
        {"created_to": "9999-12-31T23:59:59-12:00"},
        {"created_to": "yesterday"},
        {"sum_from": "-1"},
        {"partner_id": "p/1"},
    ],
)
def test_malformed_criteria_are_refused(here: Shop, wrong: Json) -> None:
    status, body = find(here, **({"partner_id": "p_1"} | wrong))

    assert (status, body["code"]) == (400, "validation_failed")


def test_cursor_of_another_query_is_refused(modules_shop: Shop, evening: list[Order]) -> None:
    cursors = [find(modules_shop, **way, limit=5)[1]["cursor"] for way in WAYS]
    for way in WAYS:
        for other, cursor in zip(WAYS, cursors, strict=True):
            status, body = find(modules_shop, **way, limit=9, cursor=cursor)
            assert status == (200 if other is way else 422)
            assert status == 200 or body["code"] == "cursor_invalid"


@pytest.mark.parametrize("change", ["x", "=", " ", "\n", "é"])
def test_changed_cursor_is_refused(modules_shop: Shop, evening: list[Order], change: str) -> None:
    cursor = find(modules_shop, partner_id="p_1", limit=5)[1]["cursor"]
    for wrong in (cursor + change, change + cursor, cursor[:-1], change):
        status, body = find(modules_shop, partner_id="p_1", cursor=wrong)
        assert (status, body["code"]) == (422, "cursor_invalid")


@pytest.mark.parametrize("text", ["", "m", "m|0", "m|9|", "m|0|1/a|1/b", "m|x|", "m|-1|", "m|0|1"])
def test_cursor_that_we_would_not_write_is_refused(here: Shop, text: str) -> None:
    forged = urlsafe_b64encode(text.encode()).decode().rstrip("=")

    status, body = find(here, partner_id="p_1", cursor=forged)

    assert (status, body["code"]) == (422, "cursor_invalid")


def test_state_of_an_order_does_not_touch_the_indexes_of_its_birth(here: Shop) -> None:
    order_id = here.held()
    row = next(row for row in here.rows("orders") if row["order_id"] == order_id)

    assert row["created_shard"] == here.order(order_id).created_shard
    assert row["created_shard"].startswith("2026-01-02#")
