"""functions/qr_partners/get_authorize.py: whose a key is, for the services inside."""

import pytest

from qr_partners.tables import GroupRow, KeyRow
from shared.http_event import event
from tests.qr_partners.bad_keys import BAD_KEYS
from tests.qr_partners.samples import Town
from tests.support.aws_world import World
from tests.support.intrinsics import Json

PATH = "/qr-partners/v1/get-authorize"


def ask(world: World, api_key: str, path: str = PATH) -> tuple[int, Json]:
    module = world.load("qr_partners", "get_authorize")
    return world.invoke(module, event("POST", path, body={"api_key": api_key}))


def test_a_good_key_names_its_restaurants_with_all_that_an_order_remembers(
    world: World, town: Town
) -> None:
    partner_id, text = town.restaurant(), town.key()

    status, body = ask(world, text)

    assert status == 200
    assert body == {
        "key_id": text.split("_")[2],
        "group_id": town.group_id,
        "partner_ids": [partner_id],
        "partners": [
            {
                "partner_id": partner_id,
                "external_id": "r1",
                "name": "Пример на Арбате",
                "enabled": True,
                "currency": "RUB",
                "pos_system": "other",
                "legal_name": "ООО «Пример»",
                "inn": town.terms.inn,
                "address": "Москва, Арбат, 10",
                "place_id": "place-1",
                "city": "Москва",
                "timezone": "Europe/Moscow",
                "commission_rate": "0.025",
                "cashback": {"rate": "0.05", "max": "300.00"},
                "settings": {
                    "order_ttl_min": 240,
                    "activity_timeout_sec": 300,
                    "on_expire_held": "cancel",
                },
            }
        ],
    }


def test_the_singular_path_answers_the_same(world: World, town: Town) -> None:
    town.restaurant()
    text = town.key()
    assert ask(world, text, "/qr-partner/v1/get-authorize") == ask(world, text)


def test_the_answer_holds_nothing_of_what_is_stored_of_the_key(world: World, town: Town) -> None:
    text = town.key()
    row = KeyRow.get(text.split("_")[2])

    _status, body = ask(world, text)

    assert not any(part in str(body) for part in (row.digest, row.shown, row.pepper_id))


def test_a_narrower_key_names_its_restaurants_only(world: World, town: Town) -> None:
    town.restaurant("r1")
    own = town.restaurant("r2")

    _status, body = ask(world, town.key((own,)))

    assert [partner["external_id"] for partner in body["partners"]] == ["r2"]


def test_a_restaurant_of_a_later_day_is_covered_by_a_group_key(world: World, town: Town) -> None:
    text = town.key()
    partner_id = town.restaurant()

    assert ask(world, text)[1]["partner_ids"] == [partner_id]


@pytest.mark.parametrize("kind", BAD_KEYS)
def test_every_bad_key_gets_one_and_the_same_refusal(world: World, town: Town, kind: str) -> None:
    status, body = ask(world, BAD_KEYS[kind](town))

    del body["request_id"]
    assert (status, body) == (
        401,
        {"code": "api_key_unknown", "message": "api key unknown", "details": {}},
    )


@pytest.mark.parametrize("body", ["{", "[]", '{"api_key":1}', '{"api_key":"a","api_key":"b"}', ""])
def test_a_malformed_body_is_a_400(world: World, body: str) -> None:
    module = world.load("qr_partners", "get_authorize")
    assert world.invoke(module, event("POST", PATH, body=body))[0] == 400


def test_a_key_in_the_query_is_not_read(world: World, town: Town) -> None:
    module = world.load("qr_partners", "get_authorize")
    request = event("POST", PATH, query={"api_key": town.key()}, body={})
    assert world.invoke(module, request)[0] == 400


def test_asking_changes_nothing(world: World, town: Town) -> None:
    town.restaurant()
    text = town.key()
    before = [row.serialize() for table in (GroupRow, KeyRow) for row in table.scan()]

    for key in (text, text[:-1] + "-"):
        ask(world, key)

    assert [row.serialize() for table in (GroupRow, KeyRow) for row in table.scan()] == before
