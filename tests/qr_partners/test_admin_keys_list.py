"""functions/qr_partners/admin_keys_list.py: keys without their texts (QP-12)."""

from typing import Any

import pytest

from qr_partners.tables import KeyRow
from tests.qr_partners.office import Office
from tests.qr_partners.samples import Town
from tests.support.clock import FakeClock
from tests.support.intrinsics import Json


def listed(office: Office, town: Town, **query: Any) -> Json:
    status, body = office.call("keys/list", {"group_id": town.group_id, **query})
    assert status == 200
    return body


@pytest.fixture
def town(town: Town) -> Town:
    """On a clock that moves between keys: they are listed by the moment of their making."""
    return Town(FakeClock(), town.api_keys.peppers())


def keys(town: Town, number: int) -> list[str]:
    made = []
    for _ in range(number):
        made.append(town.key())
        clock = town.api_keys.clock
        assert isinstance(clock, FakeClock)
        clock.advance(1)
    return made


def test_keys_are_listed_in_the_order_of_their_making(office: Office, town: Town) -> None:
    ids = [text.split("_")[2] for text in keys(town, 3)]

    body = listed(office, town)

    assert [key["key_id"] for key in body["keys"]] == ids
    assert "cursor" not in body


def test_only_the_groups_own_keys_are_listed(office: Office, town: Town) -> None:
    Town(town.api_keys.clock).key()
    assert listed(office, town)["keys"] == []


def test_neither_text_nor_digest_of_a_key_is_told(office: Office, town: Town) -> None:
    (text,) = keys(town, 1)
    row = KeyRow.get(text.split("_")[2])

    (key,) = listed(office, town)["keys"]

    assert row.digest not in str(key)
    assert text.split("_", 3)[3] not in str(key)
    # The six characters by which people recognise it.
    assert text.startswith(key["prefix"])
    assert len(text) - len(key["prefix"]) == 37


def test_a_page_goes_on_where_the_last_one_ended(office: Office, town: Town) -> None:
    ids = [text.split("_")[2] for text in keys(town, 5)]
    found: list[str] = []
    cursor: dict[str, str] = {}

    for _ in range(3):
        body = listed(office, town, limit=2, **cursor)
        found += [key["key_id"] for key in body["keys"]]
        cursor = {"cursor": body["cursor"]} if "cursor" in body else {}

    assert (found, cursor) == (ids, {})


def test_a_cursor_of_another_group_shows_nothing(office: Office, town: Town) -> None:
    foreign = Town(town.api_keys.clock).key().split("_")[2]
    keys(town, 2)
    assert listed(office, town, cursor=foreign)["keys"] == []


def test_a_revocation_is_listed_at_once(office: Office, town: Town) -> None:
    (text,) = keys(town, 1)
    before = listed(office, town)["keys"][0].get("revoked_at")

    office.call("keys/revoke", {"key_id": text.split("_")[2], "operator": "i.ivanov"})

    assert before is None
    assert listed(office, town)["keys"][0]["revoked_at"]


def test_a_used_key_says_when(office: Office, town: Town) -> None:
    used, unused = keys(town, 2)
    office.opens(used)

    first, second = listed(office, town)["keys"]

    assert first["key_id"] == used.split("_")[2]
    assert first["last_used_at"] > "2026"
    assert "last_used_at" not in second
    assert second["key_id"] == unused.split("_")[2]


def test_an_unknown_group_is_a_404(office: Office) -> None:
    status, body = office.call("keys/list", {"group_id": "g_none"})
    assert (status, body["code"]) == (404, "group_not_found")


@pytest.mark.parametrize("query", [{}, {"group_id": ""}, {"group_id": "g", "limit": 101}], ids=str)
def test_a_malformed_question_is_a_400(office: Office, query: Json) -> None:
    assert office.call("keys/list", query)[0] == 400
