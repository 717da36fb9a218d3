"""shared.pepper_rotation: a new pepper is known everywhere before anything is made with it (L6)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from shared import aws, keys
from shared.errors import Conflict, Unavailable
from shared.keys import Peppers
from shared.pepper_rotation import KNOWN_AFTER, rotate_app
from tests.support.clock import FakeClock

NAME = "test/shop/pepper"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        aws.forget()
        value = json.dumps({"current": "p1", "p1": "first"})
        aws.client("secretsmanager").create_secret(Name=NAME, SecretString=value)
        yield
    aws.forget()


def run(later: timedelta = timedelta(), **event: Any) -> dict[str, Any]:
    clock = FakeClock(datetime.now(UTC) + later)
    answer: dict[str, Any] = rotate_app("shop-rotate_pepper", NAME, clock)(event, None)
    return answer


def stored() -> Peppers:
    answer = aws.client("secretsmanager").get_secret_value(SecretId=NAME)
    return Peppers.parse(answer["SecretString"])


def test_added_pepper_is_known_and_not_used_yet() -> None:
    report = run(dry_run=False)

    assert report == {
        **{"dry_run": False, "step": "add", "pepper": "p2"},
        **{"current": "p1", "peppers": ["p1", "p2"]},
    }
    assert (stored().current, set(stored().by_id)) == ("p1", {"p1", "p2"})


def test_pepper_is_used_when_every_function_must_know_it() -> None:
    run(dry_run=False)

    report = run(KNOWN_AFTER, step="use", dry_run=False)

    assert (report["current"], stored().current) == ("p2", "p2")


def test_pepper_is_not_used_before_every_function_must_know_it() -> None:
    run(dry_run=False)

    with pytest.raises(Conflict) as refused:
        run(KNOWN_AFTER - timedelta(minutes=1), step="use", dry_run=False)

    assert refused.value.code == "too_early"
    assert stored().current == "p1"


def test_key_of_the_old_pepper_is_still_good() -> None:
    text, key = keys.issue("demo", stored())
    run(dry_run=False)
    run(KNOWN_AFTER, step="use", dry_run=False)

    assert keys.verify(text.reveal(), key, stored())


def test_key_of_the_new_pepper_is_good_where_the_secret_was_read_before_its_use() -> None:
    run(dry_run=False)
    read_before = stored()
    run(KNOWN_AFTER, step="use", dry_run=False)

    text, key = keys.issue("demo", stored())
    assert keys.verify(text.reveal(), key, read_before)


def test_nothing_changes_unless_the_operator_says_so() -> None:
    assert run()["pepper"] == "p2"
    assert set(stored().by_id) == {"p1"}


@pytest.mark.parametrize(("step", "code"), [("add", "step_pending"), ("use", "nothing_to_use")])
def test_steps_are_taken_in_turn(step: str, code: str) -> None:
    if step == "add":
        run(dry_run=False)

    with pytest.raises(Conflict) as refused:
        run(KNOWN_AFTER, step=step, dry_run=False)

    assert refused.value.code == code


def test_of_two_operators_at_once_one_is_refused() -> None:
    """Else the second would write over a pepper that somebody has made a key with."""
    answer = aws.client("secretsmanager").get_secret_value(SecretId=NAME)
    run(dry_run=False)
    patch = pytest.MonkeyPatch()
    client = aws.client("secretsmanager")
    patch.setattr(client, "get_secret_value", lambda **_: answer)
    with patch.context(), pytest.raises(Unavailable):
        run(dry_run=False)
    patch.undo()


def test_no_answer_has_a_pepper_in_it() -> None:
    report = json.dumps([run(dry_run=False), run(KNOWN_AFTER, step="use")])

    assert not [each for each in stored().by_id.values() if each.reveal() in report]
