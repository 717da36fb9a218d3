"""GET /internal/v1/qr-objects: the map pulls restaurants by place and by change (QP-07)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from qr_partners.store.places import DynamoPlaceStore
from qr_partners.tables import PartnerRow
from qr_partners.use_cases import places
from qr_partners.use_cases.places import OVERLAP, Places
from shared.clock import to_iso
from shared.http_event import event
from tests.qr_partners.office import Office
from tests.qr_partners.samples import PROFILE, Town
from tests.support.aws_world import World, aws_world
from tests.support.clock import FakeClock
from tests.support.intrinsics import Json


@pytest.fixture
def world() -> Iterator[World]:
    with aws_world("qr_partners") as found:
        yield found


@pytest.fixture
def clock(world: World) -> FakeClock:
    return FakeClock()


@pytest.fixture
def street(clock: FakeClock) -> Town:
    return Town(clock)


class Map:
    """A reader of the map: what it shows after its walks."""

    def __init__(self, world: World, clock: FakeClock) -> None:
        self.world = world
        self.module = world.load("qr_partners", "qr_objects")
        self.module.places = Places(DynamoPlaceStore(), clock)  # type: ignore[attr-defined]
        self.shown: dict[str, Json] = {}
        self.synced_to: str | None = None

    def ask(self, **query: str) -> tuple[int, Json]:
        return self.world.invoke(self.module, event("GET", "/internal/v1/qr-objects", query=query))

    def walk(self) -> list[Json]:
        """From where the last walk ended to the end."""
        query = {} if self.synced_to is None else {"updated_after": self.synced_to}
        told = []
        while True:
            status, body = self.ask(**query)
            assert status == 200, body
            told += body["objects"]
            if "next_cursor" not in body:
                break
            query = {"cursor": body["next_cursor"]}
        self.synced_to = body["synced_to"]
        for each in told:
            self.shown[each["id"]] = each
        return told


def test_an_object_is_a_restaurant_with_its_codes(
    world: World, clock: FakeClock, street: Town
) -> None:
    partner_id = street.partners.create_partner(
        street.group_id, replace(PROFILE, tables=("1", "12"))
    ).partner.partner_id

    (found,) = Map(world, clock).walk()

    assert found == {
        **{"id": partner_id, "partner_id": partner_id, "lat": 55.75, "lon": 37.59},
        "qr_ids": [f"{partner_id}.1", f"{partner_id}.12"],
        **{"title": PROFILE.name, "address": PROFILE.address.line, "category": "restaurant"},
        **{"open": True, "pos_online": False, "deleted": False},
        "updated_at": to_iso(clock.now()),
    }


def test_a_walk_brings_what_has_changed_since_the_one_before(
    world: World, clock: FakeClock, street: Town
) -> None:
    reader, old = Map(world, clock), street.restaurant("r1")
    clock.advance(600)
    reader.walk()
    new = street.restaurant("r2")

    assert [each["id"] for each in reader.walk()] == [new]
    assert set(reader.shown) == {old, new}


def test_a_disabled_restaurant_comes_as_deleted(
    world: World, clock: FakeClock, street: Town, office: Office
) -> None:
    reader, partner_id = Map(world, clock), street.restaurant()
    reader.walk()
    body = {"partner_id": partner_id, "rev": 1, "operator": "o", "set": {"enabled": False}}
    assert office.call("update", body)[0] == 200

    (found,) = reader.walk()

    assert (found["id"], found["deleted"], found["open"]) == (partner_id, True, False)


def test_a_disabled_group_takes_all_its_restaurants_off_the_map(
    world: World, clock: FakeClock, street: Town, office: Office
) -> None:
    reader, found = Map(world, clock), {street.restaurant("r1"), street.restaurant("r2")}
    clock.advance(600)
    reader.walk()
    body = {"group_id": street.group_id, "rev": 3, "operator": "o", "set": {"enabled": False}}
    assert office.call("update", body)[0] == 200

    assert {each["id"] for each in reader.walk() if each["deleted"]} == found


def test_a_change_that_an_index_shows_late_is_not_lost(
    world: World, clock: FakeClock, street: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Map(world, clock)
    late = street.restaurant("r1")
    clock.advance(5)
    early = street.restaurant("r2")
    real = DynamoPlaceStore.changed
    lag = {late}

    def behind(store: DynamoPlaceStore, after: str, limit: int) -> list[str]:
        found = real(store, after, limit)
        return [mark for mark in found if mark.partition("#")[2] not in lag]

    monkeypatch.setattr(DynamoPlaceStore, "changed", behind)
    reader.walk()
    assert set(reader.shown) == {early}
    lag.clear()
    clock.advance(OVERLAP.total_seconds() - 10)

    reader.walk()

    assert set(reader.shown) == {early, late}


def test_pages_of_a_walk_lead_through_all_shards_in_order(
    world: World, clock: FakeClock, street: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "PAGE", 3)
    made = []
    for number in range(10):
        clock.advance(number % 2)  # some in one millisecond
        made.append(street.restaurant(f"r{number}"))

    told = [each["id"] for each in Map(world, clock).walk()]

    assert sorted(told) == sorted(made)
    assert len({row.shard for row in PartnerRow.scan()}) > 1
    moments = {row.partner_id: row.change for row in PartnerRow.scan()}
    assert told == sorted(made, key=lambda partner_id: moments[partner_id])


def test_a_box_holds_the_enabled_restaurants_inside(
    world: World, clock: FakeClock, street: Town
) -> None:
    inside, shut = street.restaurant("r1"), street.restaurant("r2")
    PartnerRow(shut).update([PartnerRow.enabled.set(False)])
    reader = Map(world, clock)

    _, here = reader.ask(bbox="37.5,55.7,37.7,55.8")
    _, beside = reader.ask(bbox="37.6,55.7,37.7,55.8")

    assert [each["id"] for each in here["objects"]] == [inside]
    assert beside == {"objects": []}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"bbox": "1,2,3"}, 400, "validation_failed"),
        ({"bbox": "37.5,56,37.7,55"}, 400, "bbox_invalid"),
        ({"bbox": "181,55,182,56"}, 400, "bbox_invalid"),
        ({"bbox": "30,50,40,60"}, 422, "bbox_too_large"),
        ({"bbox": "1,2,1,2", "updated_after": "2026-11-20T00:00:00Z"}, 400, "bbox_invalid"),
        ({"updated_after": "yesterday"}, 400, "validation_failed"),
        ({"updated_after": "2026-11-20T00:00:00"}, 400, "validation_failed"),
        ({"cursor": "x"}, 400, "cursor_invalid"),
    ],
    ids=str,
)
def test_what_is_no_question_is_refused(
    world: World, clock: FakeClock, query: dict[str, str], status: int, code: str
) -> None:
    answered, body = Map(world, clock).ask(**query)
    assert (answered, body["code"]) == (status, code)
