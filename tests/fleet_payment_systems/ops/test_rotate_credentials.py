"""By hand, rotate_credentials: two passwords are good for a time, and one afterwards."""

from typing import Any

import pytest
from pydantic import ValidationError

from fleet_payment_systems.store.wallets import WalletStore
from shared.errors import NotFound, Refused
from tests.fleet_payment_systems.desk import Desk, event_of, journal, said
from tests.support.aws_world import World
from tests.support.clock import FakeClock
from tests.support.intrinsics import Json

BY = {"operator": "o.petrova", "reason": "yearly"}
NEW = "a-new-password-of-city24"


def run(world: World, **wish: Any) -> Json:
    app = world.load("fleet_payment_systems", "ops.rotate_credentials")
    answer: Json = world.run(app, {**BY, "fields": {"password": NEW}, "dry_run": False, **wish})
    return answer


@pytest.fixture
def wallet_id(desk: Desk) -> str:
    found = desk.wallet(
        system="city24",
        currency="UAH",
        credentials={"login": "city24", "password": "the-old-password"},
        limits=None,
        profile=None,
    )
    return str(found["wallet_id"])


def test_answer_and_journal_name_the_field_and_never_its_value(
    world: World, clock: FakeClock, wallet_id: str
) -> None:
    report = run(world, wallet_id=wallet_id, overlap_min=60)

    line = journal(wallet_id)[-1]
    assert report == {
        **{"dry_run": False, "wallet_id": wallet_id, "fields": ["password"]},
        "both_until": "2026-01-02T11:00:00.000Z",
    }
    assert (line.name, said(line)["changed"]) == ("credentials_rotated", ["credentials.password"])
    assert NEW not in str(said(line))


def test_dry_run_changes_nothing(world: World, desk: Desk, wallet_id: str) -> None:
    run(world, **event_of("rotate_credentials") | {"wallet_id": wallet_id})

    assert desk.get(wallet_id)["rev"] == 1


def test_change_by_the_park_ends_the_overlap(world: World, desk: Desk, wallet_id: str) -> None:
    """It may be made because the old password leaked."""
    run(world, wallet_id=wallet_id)
    rotated = WalletStore().find(wallet_id)
    assert rotated is not None
    assert rotated.overlap is not None

    desk.update(desk.get(wallet_id), credentials={"password": "one-more-password"})

    changed = WalletStore().find(wallet_id)
    assert changed is not None
    assert changed.overlap is None


def test_only_secrets_rotate(world: World, wallet_id: str) -> None:
    with pytest.raises(Refused) as refused:
        run(world, wallet_id=wallet_id, fields={"login": "other"})

    assert refused.value.code == "not_a_secret"


@pytest.mark.parametrize("wish", [{"fields": {"password": 7}}, {"fields": {}}, {"overlap_min": -1}])
def test_refusal_of_an_unclear_wish_quotes_nothing(
    world: World, wallet_id: str, wish: Json
) -> None:
    with pytest.raises(ValidationError) as refused:
        run(world, wallet_id=wallet_id, **{"fields": {"password": NEW}, **wish})

    assert NEW not in str(refused.value)


def test_unknown_wallet_is_an_error(world: World) -> None:
    with pytest.raises(NotFound):
        run(world, wallet_id="01KDZ0000000000000000000ZZ")
