"""By hand, find: a restaurant, a group or a key by whatever somebody has of it."""

import json

from qr_partners.model import Environment
from tests.qr_partners.samples import Town
from tests.support.aws_world import World
from tests.support.intrinsics import ROOT, Json


def find(world: World, text: str) -> list[Json]:
    answer: Json = world.run(world.load("qr_partners", "ops.find"), {"id": text})
    found: list[Json] = answer["found"]
    return found


def test_restaurant_is_found_by_its_id_and_by_its_own(world: World, town: Town) -> None:
    partner_id = town.restaurant("r1")

    for text in (partner_id, f"{town.group_id}#r1"):
        (found,) = find(world, text)
        assert (found["kind"], found["id"], found["enabled"]) == ("restaurant", partner_id, True)


def test_group_is_found_with_its_restaurants(world: World, town: Town) -> None:
    partner_id = town.restaurant("r1")

    (found,) = find(world, town.group_id)

    assert (found["kind"], found["partner_ids"]) == ("group", [partner_id])


def test_key_is_found_by_its_id_and_never_by_its_text(world: World, town: Town) -> None:
    text, key = town.api_keys.issue_key(town.group_id, Environment.TEST)

    (found,) = find(world, key.stored.key_id)

    assert (found["kind"], found["group_id"], found["pepper"]) == ("api_key", town.group_id, "p1")
    assert key.stored.digest not in str(found)
    assert find(world, text.reveal()) == []


def test_unknown_id_is_no_error(world: World) -> None:
    sample = json.loads((ROOT / "events/qr_partners/find.json").read_text("utf-8"))

    assert world.run(world.load("qr_partners", "ops.find"), sample)["found"] == []
