"""functions/qr_partners/authorize.py: who the gateway lets in."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from pynamodb.exceptions import UpdateError

from qr_partners.tables import KeyRow, TillRow
from shared.clock import SYSTEM, to_ms
from shared.errors import Unavailable
from tests.qr_partners.bad_keys import BAD_KEYS
from tests.qr_partners.samples import Town
from tests.support.aws_world import World
from tests.support.intrinsics import ROOT


def _event(api_key: str | None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "events/qr_partners/authorize.json").read_text())
    del found["headers"]["x-api-key"]
    if api_key is not None:
        found["headers"]["x-api-key"] = api_key
    return found


def _answer(world: World, api_key: str | None) -> Any:
    return world.run(world.load("qr_partners", "authorize"), _event(api_key))


def test_a_good_key_is_let_in_with_what_it_covers(world: World, town: Town) -> None:
    partner_ids = [town.restaurant("r1"), town.restaurant("r2")]
    text = town.key()

    assert _answer(world, text) == {
        "isAuthorized": True,
        "context": {
            "key_id": text.split("_")[2],
            "group_id": town.group_id,
            "partner_ids": partner_ids,
            "environment": "live",
        },
    }


def test_a_narrower_key_covers_its_restaurants_only(world: World, town: Town) -> None:
    town.restaurant("r1")
    own = town.restaurant("r2")

    answer = _answer(world, town.key((own,)))

    assert answer["context"]["partner_ids"] == [own]


@pytest.mark.parametrize("kind", BAD_KEYS)
def test_a_bad_key_is_refused_and_no_more_is_said(world: World, town: Town, kind: str) -> None:
    town.restaurant()
    assert _answer(world, BAD_KEYS[kind](town)) == {"isAuthorized": False}


def test_a_request_without_a_key_is_refused(world: World) -> None:
    assert _answer(world, None) == {"isAuthorized": False}


def test_a_revoked_key_is_refused_at_the_next_question(world: World, town: Town) -> None:
    module, text = world.load("qr_partners", "authorize"), town.key()
    before = world.run(module, _event(text))["isAuthorized"]

    KeyRow(text.split("_")[2]).update([KeyRow.revoked_at.set(1)])

    assert (before, world.run(module, _event(text))["isAuthorized"]) == (True, False)


def test_our_own_failure_is_not_told_as_a_bad_key(
    world: World, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = town.key()
    monkeypatch.setattr(KeyRow, "_connection", None)
    monkeypatch.setenv("KEYS_TABLE", "no-such-table")

    with pytest.raises(Unavailable):
        _answer(world, text)


def test_the_key_is_never_printed(
    world: World,
    town: Town,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    texts = [town.key(), BAD_KEYS["wrong secret"](town), BAD_KEYS["revoked"](town)]

    for text in texts:
        _answer(world, text)

    lines = [str(vars(record)) for record in caplog.records]
    printed = "".join([*lines, *capfd.readouterr()])
    assert printed
    assert not any(text.split("_", 3)[3] in printed for text in texts)


def _last_used(text: str) -> int | None:
    found: int | None = KeyRow.get(text.split("_")[2], consistent_read=True).last_used_at
    return found


def test_the_use_of_a_key_is_noted(world: World, town: Town) -> None:
    text, before = town.key(), to_ms(SYSTEM.now())

    _answer(world, text)

    assert before <= (_last_used(text) or 0) <= to_ms(SYSTEM.now())


@pytest.mark.parametrize(("age_s", "noted_again"), [(200, False), (301, True)])
def test_the_use_of_a_key_is_written_once_in_minutes(
    world: World, town: Town, age_s: int, noted_again: bool
) -> None:
    text = town.key()
    used_at = to_ms(SYSTEM.now()) - age_s * 1000
    KeyRow(text.split("_")[2]).update([KeyRow.last_used_at.set(used_at)])

    _answer(world, text)

    assert (_last_used(text) != used_at) is noted_again


def test_a_bad_key_is_not_noted_as_used(world: World, town: Town) -> None:
    text = BAD_KEYS["revoked"](town)
    _answer(world, text)
    assert _last_used(text) is None


def test_a_use_that_cannot_be_noted_lets_the_till_in(
    world: World, town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise UpdateError(cause=EndpointConnectionError(endpoint_url="https://dynamodb"))

    text = town.key()
    monkeypatch.setattr(KeyRow, "update", refuse)

    assert _answer(world, text)["isAuthorized"]
    assert "key_use_not_noted" in [record.message for record in caplog.records]


def test_of_two_uses_at_once_the_later_one_stays(world: World, town: Town) -> None:
    text = town.key()
    key_id, now = text.split("_")[2], SYSTEM.now()

    town.store.touch(key_id, now)
    town.store.touch(key_id, now - timedelta(seconds=1))

    assert _last_used(text) == to_ms(now)


def test_a_key_that_is_gone_is_not_brought_back_by_its_use(world: World, town: Town) -> None:
    town.store.touch("0" * 16, SYSTEM.now())
    assert town.store.key("0" * 16) is None


def test_a_cold_authorizer_loads_no_maps() -> None:
    """Each of its cold starts is a till that waits: h3 is 45 ms."""
    code = "import sys, qr_partners.wiring; sys.exit('h3' in sys.modules)"
    paths = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, check=False)  # noqa: S603
    assert ended.returncode == 0


def test_a_till_that_cannot_be_noted_as_online_is_let_in(
    world: World, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise UpdateError(cause=EndpointConnectionError(endpoint_url="https://dynamodb"))

    monkeypatch.setattr(TillRow, "update", refuse)

    assert _answer(world, town.key())["isAuthorized"]


def test_a_till_is_noted_as_online_once_in_minutes(world: World, town: Town) -> None:
    text = town.key()
    _answer(world, text)
    noted = TillRow.get(town.group_id).seen_at

    _answer(world, text)

    assert TillRow.get(town.group_id).seen_at == noted
