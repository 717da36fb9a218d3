"""What a terminal is told around a rotation of its wallet's password (L5)."""

from datetime import timedelta

import pytest

from fleet_payment_systems.model import Overlap
from fleet_payment_systems.use_cases.passwords import sealing_context
from shared.secret import Secret
from shared.vault import Vault
from tests.support.intrinsics import Json
from tests.support.park import ACCOUNT, Opened, Park

OLD, NEW = "the-old-password", "the-new-password"
HOUR = timedelta(hours=1)


def seal(here: Park, opened: Opened, password: str) -> dict[str, str]:
    key = here.town.world.environment("fleet_payment_systems")["VAULT_KEY"]
    context = sealing_context(opened.wallet_id, "password")
    return {"password": Vault(key).seal(Secret(password), context)}


@pytest.fixture
def rotated(here: Park) -> Opened:
    """A wallet whose old password is good for an hour more."""
    opened = here.open_wallet(password=OLD)
    before = dict(here.wallet(opened).credentials)
    overlap = Overlap(before, here.aws.clock.now() + HOUR)
    here.change(opened, credentials=seal(here, opened, NEW), overlap=overlap)
    return opened


def told(here: Park, opened: Opened, password: str) -> str:
    body = f'{{"op": "check", "account": "{ACCOUNT}"}}'
    answer: Json = here.answer(here.raw(opened, body, password=password))
    return str(answer["result"])


def test_both_passwords_are_good_while_they_overlap(here: Park, rotated: Opened) -> None:
    assert [told(here, rotated, one) for one in (OLD, NEW)] == ["ok", "ok"]
    assert told(here, rotated, "a-third") == "auth_failed"


def test_old_password_ends_with_the_overlap(here: Park, rotated: Opened) -> None:
    here.aws.clock.advance(HOUR.total_seconds())

    assert [told(here, rotated, one) for one in (OLD, NEW)] == ["auth_failed", "ok"]
