"""POST /qr-partners/v1/get-near: the nearest restaurants from the tables."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from qr_partners.model import Point
from qr_partners.model.hours import Schedule
from qr_partners.store.places import DynamoPlaceStore
from qr_partners.tables import GroupRow, PartnerRow
from shared.clock import SYSTEM
from shared.http_event import event
from tests.qr_partners.globe import away, point
from tests.qr_partners.samples import PROFILE, Town
from tests.support.aws_world import World
from tests.support.intrinsics import Json

PATHS = ["/qr-partners/v1/get-near", "/qr-partner/v1/get-near"]
_NUMBERS = count()


@pytest.fixture
def middle() -> Point:
    """A place where no other test has restaurants."""
    return point(-30, -150 + next(_NUMBERS))


def open_at(town: Town, place: Point, **profile: Any) -> str:
    number = next(_NUMBERS)
    address = replace(PROFILE.address, house=str(number))
    wanted = replace(PROFILE, external_id=f"r{number}", address=address, point=place, **profile)
    return town.partners.create_partner(town.group_id, wanted).partner.partner_id


def near(world: World, middle: Point, path: str = PATHS[0], **asked: Any) -> tuple[int, Json]:
    lat, lon = middle.degrees
    module = world.load("qr_partners", "get_near")
    return world.invoke(module, event("POST", path, body={"lat": lat, "lon": lon, **asked}))


def ids(body: Json) -> list[str]:
    return [each["partner_id"] for each in body["partners"]]


@pytest.mark.parametrize("path", PATHS)
def test_restaurants_come_nearest_first(world: World, town: Town, middle: Point, path: str) -> None:
    far, close = (open_at(town, away(middle, 45, metres)) for metres in (2_000, 400))
    open_at(town, away(middle, 90, 3_500))

    status, body = near(world, middle, path)

    assert (status, ids(body)) == (200, [close, far])
    assert body["partners"][0] | {"lat": 0, "lon": 0, "address": ""} == {
        **{"partner_id": close, "name": PROFILE.name, "address": "", "lat": 0, "lon": 0},
        **{"distance_m": 400, "open": True, "pos_online": False, "currency": "RUB"},
        "cashback": {"rate": "0.05", "max": "300.00"},
    }


def test_the_limit_cuts_off_the_farthest(world: World, town: Town, middle: Point) -> None:
    found = [open_at(town, away(middle, 0, metres)) for metres in (300, 100, 200)]
    assert ids(near(world, middle, limit=2)[1]) == [found[1], found[2]]


def test_a_disabled_restaurant_or_group_is_not_near(
    world: World, town: Town, middle: Point
) -> None:
    open_at(town, middle)
    alone = Town(SYSTEM)
    shut = open_at(alone, middle)
    PartnerRow(shut).update([PartnerRow.enabled.set(False)])
    GroupRow(town.group_id).update([GroupRow.enabled.set(False)])

    assert near(world, middle)[1] == {"partners": []}


def test_open_and_online_are_told_and_can_be_asked_for(
    world: World, town: Town, middle: Point
) -> None:
    usual = open_at(town, middle)
    shut = open_at(town, away(middle, 0, 10), schedule=Schedule({}))
    DynamoPlaceStore().note([shut], SYSTEM.now() - timedelta(minutes=14))
    DynamoPlaceStore().note([usual], SYSTEM.now() - timedelta(minutes=16))

    _status, body = near(world, middle)

    assert [(each["open"], each["pos_online"]) for each in body["partners"]] == [
        (True, False),
        (False, True),
    ]
    assert ids(near(world, middle, filters={"open": True})[1]) == [usual]
    assert ids(near(world, middle, filters={"pos_online": True})[1]) == [shut]
    assert ids(near(world, middle, filters={"group_id": "g_other"})[1]) == []


def test_a_till_that_calls_puts_the_restaurants_of_its_key_online(
    world: World, town: Town, middle: Point
) -> None:
    own, other = open_at(town, middle), open_at(town, middle)
    text = town.key((own,))
    call = event("POST", "/external/v1/orders", headers={"X-API-Key": text})
    world.run(world.load("qr_partners", "authorize"), call)

    assert ids(near(world, middle, filters={"pos_online": True})[1]) == [own]

    call = event("POST", "/external/v1/orders", headers={"X-API-Key": town.key()})
    world.run(world.load("qr_partners", "authorize"), call)

    assert set(ids(near(world, middle, filters={"pos_online": True})[1])) == {own, other}


@pytest.mark.parametrize(
    "asked",
    [
        {"lat": 90.1},
        {"lon": -180.1},
        {"radius_m": 20_001},
        {"limit": 101},
        {"limit": 0},
        {"lat": "55"},
        {"filters": {"open": "yes"}},
    ],
    ids=str,
)
def test_what_cannot_be_looked_for_is_a_400(world: World, middle: Point, asked: Json) -> None:
    assert near(world, middle, **asked)[0] == 400
