"""By hand, switch_partner: a restaurant or a group is off, and nothing else of it changes."""

from typing import Any

import pytest
from pydantic import ValidationError

from qr_partners.model import Environment
from qr_partners.tables import AuditRow
from shared.errors import NotFound
from tests.qr_partners.office import Office
from tests.qr_partners.samples import Town
from tests.support.aws_world import World
from tests.support.intrinsics import Json

BY = {"operator": "o.petrova", "reason": "incident 18"}


def run(world: World, **wish: Any) -> Json:
    app = world.load("qr_partners", "ops.switch_partner")
    answer: Json = world.run(app, {**BY, "dry_run": False, **wish})
    return answer


def test_restaurant_is_off_and_on_again(world: World, town: Town) -> None:
    partner_id = town.restaurant("r1")

    off = run(world, partner_id=partner_id)
    on = run(world, partner_id=partner_id, enabled=True)

    assert off == {"dry_run": False, "partner_id": partner_id, "enabled": False, "rev": 2}
    assert (on["enabled"], on["rev"]) == (True, 3)
    last = [row for row in AuditRow.query(town.group_id)][-1]
    assert (last.operator, last.reason, last.changes) == (
        *("o.petrova", "incident 18"),
        {"enabled": [False, True]},
    )


def test_keys_of_a_group_that_is_off_open_nothing(world: World, town: Town, office: Office) -> None:
    town.restaurant("r1")
    text, _ = town.api_keys.issue_key(town.group_id, Environment.TEST)
    assert office.opens(text.reveal())["isAuthorized"]

    run(world, group_id=town.group_id)

    assert office.opens(text.reveal()) == {"isAuthorized": False}


@pytest.mark.parametrize("what", ["partner_id", "group_id"])
def test_dry_run_tells_and_changes_nothing(world: World, town: Town, what: str) -> None:
    ids = {"partner_id": town.restaurant("r1"), "group_id": town.group_id}

    report = run(world, **{what: ids[what]}, dry_run=True)

    assert (report["enabled"], report["dry_run"]) == (True, True)
    assert run(world, **{what: ids[what]}, enabled=True)["rev"] == report["rev"]


@pytest.mark.parametrize("what", ["partner_id", "group_id"])
def test_unknown_one_is_an_error(world: World, what: str) -> None:
    with pytest.raises(NotFound):
        run(world, **{what: "nobody"})


@pytest.mark.parametrize("wish", [{}, {"partner_id": "p", "group_id": "g"}])
def test_unclear_wish_is_refused(world: World, wish: Json) -> None:
    with pytest.raises(ValidationError):
        run(world, **wish)
