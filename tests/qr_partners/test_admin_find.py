"""functions/qr_partners/admin_find.py: the back office looks for restaurants."""

from typing import Any

import pytest

from qr_partners.tables import PartnerRow
from qr_partners.use_cases import finding
from tests.qr_partners.office import Office
from tests.qr_partners.samples import PROFILE, Town


def ids(office: Office, **wanted: Any) -> set[str]:
    status, body = office.call("find", wanted)
    assert status == 200, body
    return {each["partner_id"] for each in body["partners"]}


def test_each_criterion_narrows_what_is_found(office: Office, town: Town) -> None:
    first, second = town.restaurant("r1"), town.restaurant("r12", inn="7700000033")
    PartnerRow(second).update([PartnerRow.enabled.set(False)])
    mine = {"group_id": town.group_id}

    assert ids(office, **mine) == {first, second}
    assert ids(office, inn=town.terms.inn) == {first}
    assert ids(office, inn="7700000033") == {second}
    assert ids(office, **mine, external_id="r12") == {second}
    assert ids(office, **mine, enabled=True) == {first}
    assert ids(office, **mine, enabled=False) == {second}
    assert ids(office, **mine, enabled=False, external_id="r1") == set()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"address": "АРБАТ, Москва"}, True),
        ({"address": "моск арб 10"}, True),
        ({"address": "рбат"}, False),
        ({"address": "Арбат 11"}, False),
        ({"name": "пример арб"}, True),
        ({"name": "арбатский"}, False),
    ],
    ids=str,
)
def test_words_are_found_by_their_beginnings_however_they_are_spelled(
    office: Office, town: Town, wanted: dict[str, str], found: bool
) -> None:
    assert (PROFILE.name, PROFILE.address.line) == ("Пример на Арбате", "Москва, Арбат, 10")
    partner_id = town.restaurant()
    assert (partner_id in ids(office, group_id=town.group_id, **wanted)) is found


def test_pages_of_an_empty_query_lead_through_everything(
    office: Office, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        town.restaurant(f"r{number}")
    monkeypatch.setattr(finding, "_PAGE", 2)
    monkeypatch.setattr(finding, "_READ_MAX", 4)
    seen, cursor = [], None

    while True:
        page = {"limit": 3} if cursor is None else {"limit": 3, "cursor": cursor}
        _, body = office.call("find", page)
        seen += [each["partner_id"] for each in body["partners"]]
        cursor = body.get("cursor")
        if cursor is None:
            break

    assert sorted(seen) == sorted(row.partner_id for row in PartnerRow.scan())


def test_a_call_that_finds_nothing_says_where_to_go_on(
    office: Office, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        town.restaurant(f"r{number}")
    monkeypatch.setattr(finding, "_PAGE", 1)
    monkeypatch.setattr(finding, "_READ_MAX", 2)

    _, body = office.call("find", {"name": "никто"})

    assert body["partners"] == []
    assert body["cursor"]


@pytest.mark.parametrize("wanted", [{"limit": 101}, {"inn": "x"}, {"cursor": "a/b"}], ids=str)
def test_a_malformed_search_is_a_400(office: Office, wanted: dict[str, Any]) -> None:
    assert office.call("find", wanted)[0] == 400
