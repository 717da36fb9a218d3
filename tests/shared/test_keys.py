"""shared.keys and shared.secret: keys that we issue and only verify, secrets that never show."""

import copy
import json
import logging
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import logs, secrets_store
from shared.keys import Peppers, StoredKey, issue, key_id_of, seal, unseal, verify
from shared.secret import Secret
from tests.shared.conftest import Lines

OLD: Final = Peppers.parse('{"current":"p1","p1":"first pepper"}')
ROTATED: Final = Peppers.parse('{"current":"p2","p1":"first pepper","p2":"second pepper"}')
FOREIGN: Final = Peppers.parse('{"current":"p1","p1":"somebody else"}')


def flipped(text: str, place: int) -> str:
    other = "A" if text[place] != "A" else "B"
    return text[:place] + other + text[place + 1 :]


def test_issued_key_is_verified_by_what_is_stored() -> None:
    key, stored = issue("qr_live", OLD)

    assert key_id_of(key.reveal(), "qr_live") == stored.key_id
    assert verify(key.reveal(), stored, OLD)


def test_stored_key_does_not_hold_the_secret() -> None:
    key, stored = issue("qr_live", OLD)
    secret = key.reveal().split("_", 3)[3]

    assert secret not in repr(stored)
    assert secret.startswith(stored.shown)
    assert len(stored.shown) == 6


def test_no_two_keys_are_alike() -> None:
    keys = {issue("qr_live", OLD)[0].reveal() for _ in range(100)}

    assert len(keys) == 100


def test_key_with_any_character_changed_is_refused() -> None:
    key, stored = issue("qr_live", OLD)
    text = key.reveal()

    accepted = [n for n in range(len(text)) if verify(flipped(text, n), stored, OLD)]

    assert accepted == []


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda t: t + "A", lambda t: t[:-1]])
def test_key_of_another_case_or_length_is_refused(change: Callable[[str], str]) -> None:
    key, stored = issue("qr_live", OLD)

    assert not verify(change(key.reveal()), stored, OLD)


def test_unknown_key_is_refused() -> None:
    key, _ = issue("qr_live", OLD)

    assert not verify(key.reveal(), None, OLD)


def test_key_is_refused_against_another_keys_record() -> None:
    key, _ = issue("qr_live", OLD)
    _, other = issue("qr_live", OLD)

    assert not verify(key.reveal(), other, OLD)


def test_blank_record_accepts_nothing() -> None:
    key, _ = issue("qr_live", OLD)

    assert not verify(key.reveal(), StoredKey("", "", "p1", ""), OLD)


def test_key_is_refused_under_another_pepper() -> None:
    key, stored = issue("qr_live", OLD)

    assert not verify(key.reveal(), stored, FOREIGN)


def test_key_outlives_the_rotation_of_the_pepper() -> None:
    old, stored = issue("qr_live", OLD)
    new, stored_new = issue("qr_live", ROTATED)

    assert (stored.pepper_id, stored_new.pepper_id) == ("p1", "p2")
    assert verify(old.reveal(), stored, ROTATED)
    assert verify(new.reveal(), stored_new, ROTATED)


def test_key_dies_with_its_pepper() -> None:
    key, stored = issue("qr_live", OLD)
    without = Peppers.parse('{"current":"p2","p2":"second pepper"}')

    assert not verify(key.reveal(), stored, without)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "qr_live_",
        "qr_live",
        "qr_live_0123456789abcdef_short",
        "qr_live_0123456789abcde_" + "x" * 43,
        "qr_live_0123456789abcdef_" + "ж" * 43,
        "qr_test_0123456789abcdef_" + "x" * 43,
        " qr_live_0123456789abcdef_" + "x" * 43,
    ],
)
def test_text_that_is_no_key_of_the_prefix_has_no_id(text: str) -> None:
    assert key_id_of(text, "qr_live") is None


@given(st.text(max_size=100))
def test_any_text_is_refused_without_an_error(text: str) -> None:
    _, stored = issue("qr_live", OLD)

    assert key_id_of(text, "qr_live") is None
    assert not verify(text, stored, OLD)
    assert unseal(text, OLD) is None


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_sealed_message_comes_back(message: str) -> None:
    assert unseal(seal(message, OLD), OLD) == message


def test_sealed_message_with_any_character_changed_is_refused() -> None:
    token = seal("order-1|receipt", OLD)

    accepted = [n for n in range(len(token)) if unseal(flipped(token, n), OLD) is not None]

    assert accepted == []


def test_sealed_message_outlives_the_rotation_of_the_pepper() -> None:
    assert unseal(seal("order-1", OLD), ROTATED) == "order-1"


@pytest.mark.parametrize("token", ["", ".", "b3JkZXItMQ", "b3JkZXItMQ.", "b3JkZXItMQ.ж", "a.b.c"])
def test_token_that_we_did_not_write_is_refused(token: str) -> None:
    assert unseal(token, OLD) is None


def test_token_of_a_foreign_pepper_is_refused() -> None:
    assert unseal(seal("order-1", FOREIGN), OLD) is None


@dataclass(frozen=True)
class Holder:
    secret: Secret


HIDDEN: Final = Secret("hunter2")


@pytest.mark.parametrize(
    "render",
    [
        str,
        repr,
        ascii,
        lambda s: f"{s}{s!r}{s!s:>10}{s:>10}",
        lambda s: "{} {!r} {:5}".format(s, s, s),  # noqa: UP032
        lambda s: "%s %r %a" % (s, s, s),  # noqa: UP031
        lambda s: str([s, {"key": s}, (s,)]),
        lambda s: repr(Holder(s)),
        lambda s: json.dumps({"key": s}, default=str),
        lambda s: repr(Peppers("p1", {"p1": s})),
        lambda s: str(ValueError(s)),
    ],
)
def test_secret_is_stars_in_every_rendering(render: Callable[[Secret], str]) -> None:
    text = render(HIDDEN)

    assert "***" in text
    assert "hunter2" not in text


@pytest.mark.parametrize(
    "serialise", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, lambda s: dict(vars(s))]
)
def test_secret_is_not_serialised(serialise: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError):
        serialise(HIDDEN)


def test_secret_is_stars_in_log_lines(log_lines: Lines, caplog: pytest.LogCaptureFixture) -> None:
    logs.info("issued", key=HIDDEN, keys=[HIDDEN])
    logging.getLogger("plain").error("key %s", HIDDEN)

    [line] = log_lines()
    assert (line["key"], line["keys"]) == ("***", "[***]")
    assert "hunter2" not in caplog.text


def test_peppers_are_read_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    now, reads = [1000.0], list[str]()

    class Client:
        def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803
            reads.append(SecretId)
            return {"SecretString": '{"current":"p1","p1":"x"}'}

    monkeypatch.setattr("shared.aws.client", lambda _service: Client())
    monkeypatch.setattr("shared.secrets_store.time.monotonic", lambda: now[0])
    monkeypatch.setattr(secrets_store, "_cached", {})

    for passed_s in (0, 3600, 3601):
        now[0] = 1000.0 + passed_s
        secrets_store.peppers("test/pepper")

    assert reads == ["test/pepper", "test/pepper"]
