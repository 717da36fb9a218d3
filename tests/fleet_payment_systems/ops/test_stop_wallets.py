"""By hand, stop_wallets: a wallet, a park or a payment system stops, over the park's head."""

from typing import Any

import pytest
from pydantic import ValidationError

from shared.errors import NotFound
from tests.fleet_payment_systems.desk import Desk, event_of, journal, said
from tests.support.aws_world import World
from tests.support.intrinsics import Json

BY = {"operator": "o.petrova", "reason": "incident 18"}


def run(world: World, **wish: Any) -> Json:
    app = world.load("fleet_payment_systems", "ops.stop_wallets")
    answer: Json = world.run(app, {**BY, "dry_run": False, **wish})
    return answer


@pytest.mark.parametrize("by", ["wallet_id", "park_id", "system"])
def test_stopped_wallet_is_off_until_it_is_let_go_on(world: World, desk: Desk, by: str) -> None:
    wallet = desk.wallet(enabled=True)
    wish = {by: wallet["wallet_id"] if by == "wallet_id" else wallet.get(by, desk.park_id)}

    stopped = run(world, **wish)
    assert desk.get(wallet["wallet_id"])["enabled"] is False
    let_go = run(world, stop=False, **wish)

    assert wallet["wallet_id"] in [each["wallet_id"] for each in stopped["wallets"]]
    assert (stopped["complete"], let_go["changed"] >= 1) == (True, True)
    assert desk.get(wallet["wallet_id"])["enabled"] is True
    line = journal(wallet["wallet_id"])[-2]
    assert (line.name, line.actor, said(line)["reason"]) == ("stopped", "o.petrova", "incident 18")


def test_park_cannot_switch_a_stopped_wallet_on(world: World, desk: Desk) -> None:
    wallet = desk.wallet(enabled=True)
    run(world, park_id=desk.park_id)

    status, body = desk.update(desk.get(wallet["wallet_id"]), enabled=True)

    assert (status, body["code"]) == (422, "wallet_stopped")


def test_new_wallet_of_a_stopped_park_is_stopped_too(world: World, desk: Desk) -> None:
    desk.wallet(enabled=True)
    run(world, park_id=desk.park_id)

    assert desk.create(enabled=True, system="elecsnet")[0] == 422
    late = desk.wallet(enabled=False)
    run(world, park_id=desk.park_id, stop=False)

    assert desk.get(late["wallet_id"])["enabled"] is False
    assert desk.update(desk.get(late["wallet_id"]), enabled=True)[0] == 200


def test_wallet_that_was_off_stays_off_afterwards(world: World, desk: Desk) -> None:
    wallet = desk.wallet(enabled=False)
    run(world, park_id=desk.park_id)
    run(world, park_id=desk.park_id, stop=False)

    assert desk.get(wallet["wallet_id"])["enabled"] is False


def test_one_stop_is_not_ended_by_letting_another_go_on(world: World, desk: Desk) -> None:
    wallet = desk.wallet(enabled=True)
    run(world, wallet_id=wallet["wallet_id"])
    run(world, park_id=desk.park_id)

    assert run(world, park_id=desk.park_id, stop=False)["changed"] == 0
    assert desk.get(wallet["wallet_id"])["enabled"] is False


def test_sample_event_changes_nothing(world: World, desk: Desk) -> None:
    wallet = desk.wallet(enabled=True)

    report = run(world, **event_of("stop_wallets") | {"park_id": desk.park_id})

    assert [each["wallet_id"] for each in report["wallets"]] == [wallet["wallet_id"]]
    assert report["changed"] == 0
    assert desk.get(wallet["wallet_id"])["enabled"] is True


@pytest.mark.parametrize("wish", [{}, {"park_id": "p", "system": "city24"}, {"park_id": ""}])
def test_unclear_wish_is_refused(world: World, wish: Json) -> None:
    with pytest.raises(ValidationError):
        run(world, **wish)


def test_unknown_wallet_is_an_error(world: World) -> None:
    with pytest.raises(NotFound):
        run(world, wallet_id="01KDZ0000000000000000000ZZ")
