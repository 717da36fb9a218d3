"""By hand, revoke_links: a link that leaked ends now (FP-09, L3)."""

from typing import Any

import pytest

from shared.errors import NotFound
from tests.fleet_payment_systems.desk import Desk, event_of, gate, journal, token
from tests.support.aws_world import World
from tests.support.intrinsics import Json

BY = {"operator": "o.petrova", "reason": "incident 18"}


def run(world: World, **wish: Any) -> Json:
    app = world.load("fleet_payment_systems", "ops.revoke_links")
    answer: Json = world.run(app, {**BY, "dry_run": False, **wish})
    return answer


def enters(wallet: Json, issued: Json) -> bool:
    return gate().enter(wallet["system"], token(issued), "203.0.113.7") is not None


def test_one_of_two_links_ends(world: World, desk: Desk) -> None:
    wallet = desk.wallet(ip_allowlist=[])
    first = desk.link(wallet)
    second = desk.regenerate(wallet, grace_sec=3600)
    link_id = token(first).split("_")[1]

    report = run(world, wallet_id=wallet["wallet_id"], link_id=link_id)

    assert report["links"] == [link_id]
    assert (enters(wallet, first), enters(wallet, second)) == (False, True)
    assert journal(wallet["wallet_id"])[-1].name == "link_revoked"


def test_all_links_end_and_a_repeat_finds_none(world: World, desk: Desk) -> None:
    wallet = desk.wallet(ip_allowlist=[])
    issued = desk.link(wallet)

    assert len(run(world, wallet_id=wallet["wallet_id"])["links"]) == 1
    assert run(world, wallet_id=wallet["wallet_id"])["links"] == []
    assert not enters(wallet, issued)


def test_sample_event_tells_and_ends_nothing(world: World, desk: Desk) -> None:
    wallet = desk.wallet(ip_allowlist=[])
    issued = desk.link(wallet)
    ids = {"wallet_id": wallet["wallet_id"], "link_id": token(issued).split("_")[1]}

    report = run(world, **event_of("revoke_links") | ids)

    assert report["links"] == [ids["link_id"]]
    assert enters(wallet, issued)


def test_unknown_wallet_is_an_error(world: World) -> None:
    with pytest.raises(NotFound):
        run(world, wallet_id="01KDZ0000000000000000000ZZ")
