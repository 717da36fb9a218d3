"""functions/qr_partners/get.py: one restaurant by id."""

import pytest

from shared.http_event import event
from tests.qr_partners.samples import Town
from tests.support.aws_world import World
from tests.support.intrinsics import Json

PATH = "/qr-partners/v1/get"
PUBLIC = {
    *("partner_id", "name", "address", "city", "lat", "lon"),
    *("timezone", "currency", "cashback", "enabled"),
}


def ask(world: World, **query: str) -> tuple[int, Json]:
    module = world.load("qr_partners", "get")
    return world.invoke(module, event("GET", PATH, query=query))


def test_anyone_may_read_the_public_fields_and_no_other(world: World, town: Town) -> None:
    status, body = ask(world, partner_id=town.restaurant())

    assert status == 200
    assert set(body) == PUBLIC
    assert (body["lat"], body["address"]) == (55.75, "Москва, Арбат, 10")


def test_internal_callers_may_ask_for_everything_but_keys(world: World, town: Town) -> None:
    partner_id = town.restaurant()
    text = town.key()

    _status, body = ask(world, partner_id=partner_id, fields="full")

    assert set(body) > PUBLIC
    assert (body["inn"], body["commission_rate"], body["rev"]) == (town.terms.inn, "0.025", 1)
    assert body["contacts"] == {"email": "chef@example.com", "phone": "+70000000000"}
    assert text.split("_")[2] not in str(body)


def test_an_unknown_restaurant_is_a_404(world: World) -> None:
    status, body = ask(world, partner_id="p_none")
    assert (status, body["code"]) == (404, "partner_not_found")


@pytest.mark.parametrize(
    "query", [{}, {"partner_id": ""}, {"partner_id": "p", "fields": "secret"}], ids=str
)
def test_a_malformed_query_is_a_400(world: World, query: dict[str, str]) -> None:
    status, body = ask(world, **query)
    assert (status, body["code"]) == (400, "validation_failed")
