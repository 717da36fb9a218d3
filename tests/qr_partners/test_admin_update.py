"""functions/qr_partners/admin_update.py: restaurants and groups change, and it is known how."""

from dataclasses import replace
from typing import Any

import pytest

from qr_partners.cells import cell_of
from qr_partners.model import GROUP_PARTNERS_MAX, Point
from qr_partners.tables import ClaimRow, PartnerRow
from shared.http_event import event
from shared.store import Transaction
from tests.qr_partners.office import CALLER, Office, entries, everything
from tests.qr_partners.samples import PROFILE, Town
from tests.support.aws_world import World
from tests.support.intrinsics import Json

# TransactWriteItems takes no more.
TRANSACTION_MAX = 100


def change(office: Office, rev: int = 1, what: Json | None = None, **changes: Any) -> Any:
    """admin/update of `changes`, of the object that `what` names."""
    body = {"rev": rev, "operator": "o.petrova", "reason": "заявка 18", "set": changes}
    return office.call("update", body | (what or {}))


@pytest.fixture
def partner_id(town: Town) -> str:
    return town.restaurant()


def test_only_what_is_named_changes(office: Office, town: Town, partner_id: str) -> None:
    before = town.store.partner(partner_id)

    status, body = change(
        office,
        what={"partner_id": partner_id},
        name="Пример на Новом Арбате",
        contacts={"phone": None},
        overrides={"commission_rate": "0.01"},
        schedule={"fri": ["10:00-02:00"]},
        tables=["1", "2"],
    )

    after = town.store.partner(partner_id)
    assert (status, body["partner"]["rev"], body["partner"]["tables"]) == (200, 2, ["1", "2"])
    assert body["partner"]["schedule"] == {"fri": ["10:00-02:00"]}
    assert before is not None
    assert after is not None
    assert after.profile.contacts.email == "chef@example.com"
    assert after.profile.contacts.phone is None
    assert after.qr_ids == (f"{partner_id}.1", f"{partner_id}.2")
    assert after.profile.address == before.profile.address
    assert after.created_at == before.created_at < after.updated_at


def test_null_takes_a_restaurants_own_term_away(office: Office, town: Town) -> None:
    partner_id = town.restaurant("r1", legal_name="ООО «Своё»")

    _, body = change(office, what={"partner_id": partner_id}, overrides={"legal_name": None})

    assert body["partner"]["legal_name"] == town.terms.legal_name


def test_the_audit_has_old_and_new_values_and_who_did_it(
    office: Office, town: Town, partner_id: str
) -> None:
    change(office, what={"partner_id": partner_id}, address={"house": "12"}, enabled=False)

    line = entries(town.group_id)[-1]
    assert (line.action, line.objects) == ("partner_updated", [partner_id])
    assert (line.operator, line.reason, line.caller) == ("o.petrova", "заявка 18", CALLER)
    assert line.changes == {"address.house": ["10", "12"], "enabled": [True, False]}


def test_a_revision_that_is_gone_is_a_409_with_the_one_that_is(
    office: Office, partner_id: str
) -> None:
    what = {"partner_id": partner_id}
    change(office, what=what, name="Первый")
    before = everything()

    status, body = change(office, what=what, name="Второй")

    assert (status, body["code"], body["details"]) == (409, "stale_rev", {"rev": 2})
    assert everything() == before


def test_of_two_authors_at_once_one_is_told_to_look_again(
    office: Office, town: Town, partner_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    what, first = {"partner_id": partner_id}, town.store.partner(partner_id)
    change(office, what=what, name="Первый")
    # As it looked to the rival a moment before the first one's commit.
    looks = iter([first])
    real = type(town.store).partner
    monkeypatch.setattr(
        "qr_partners.store.DynamoPartnerStore.partner",
        lambda store, key: next(looks, None) or real(store, key),
    )

    status, body = change(office, what=what, name="Второй")

    assert (status, body["code"], body["details"]) == (409, "stale_rev", {"rev": 2})


def test_an_edit_of_nothing_writes_nothing(office: Office, partner_id: str) -> None:
    before = everything()

    status, body = change(office, what={"partner_id": partner_id}, name=PROFILE.name)

    assert (status, body["partner"]["rev"]) == (200, 1)
    assert everything() == before


def test_a_restaurant_that_moves_gets_another_cell(office: Office, partner_id: str) -> None:
    change(office, what={"partner_id": partner_id}, lat=59.94, lon=30.31)

    row = PartnerRow.get(partner_id)
    assert (row.lat_microdeg, row.lon_microdeg) == (59_940_000, 30_310_000)
    assert row.cell == cell_of(Point(59_940_000, 30_310_000)) != cell_of(PROFILE.point)


def test_an_address_is_freed_by_who_leaves_it(office: Office, town: Town) -> None:
    first, second = town.restaurant("r1"), town.restaurant("r12")
    there = {"house": PROFILE.address.house}

    taken = change(office, what={"partner_id": second}, address=there)
    change(office, what={"partner_id": first}, address={"house": "77"})
    freed = change(office, what={"partner_id": second}, address=there)

    assert (taken[0], taken[1]["code"], freed[0]) == (409, "address_taken", 200)
    owner = ClaimRow.get(f"address#{town.terms.inn}#{PROFILE.address.normal}").owner
    assert owner == second


def test_a_group_changes_for_all_its_restaurants(office: Office, town: Town) -> None:
    own, usual = town.restaurant("r1", legal_name="ООО «Своё»"), town.restaurant("r2")
    rev = (
        town.partners.create_partner(
            town.group_id,
            replace(PROFILE, external_id="r3", address=replace(PROFILE.address, house="3")),
        ).group.rev
        + 1
    )

    status, body = change(
        office,
        rev,
        {"group_id": town.group_id},
        legal_name="ООО «Новое»",
        commission_rate="0.02",
        kpp=None,
    )

    assert (status, body["group"]["rev"], "kpp" in body["group"]["terms"]) == (200, rev + 1, False)
    found = [town.partners.get(partner_id) for partner_id in (own, usual)]
    assert [each.terms.legal_name for each in found] == ["ООО «Своё»", "ООО «Новое»"]
    assert [each.partner.rev for each in found] == [2, 2]
    assert entries(town.group_id)[-1].changes == {
        "commission_rate": ["0.025", "0.02"],
        "kpp": ["770001001", None],
        "legal_name": [town.terms.legal_name, "ООО «Новое»"],
    }


def test_a_restaurant_that_changes_under_a_groups_change_is_not_lost(
    office: Office, town: Town, partner_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, stale = town.store.group(town.group_id), town.store.partners([partner_id])
    assert group is not None
    change(office, what={"partner_id": partner_id}, name="Новое имя")
    looks = iter([stale])
    real = type(town.store).partners
    monkeypatch.setattr(
        "qr_partners.store.DynamoPartnerStore.partners",
        lambda store, keys: next(looks, None) or real(store, keys),
    )

    status, _ = change(office, group.rev, {"group_id": town.group_id}, enabled=False)

    found = town.partners.get(partner_id)
    assert (status, found.partner.profile.name, found.partner.rev) == (200, "Новое имя", 3)
    assert not found.enabled


def test_a_legal_entity_keeps_its_inn(office: Office, town: Town) -> None:
    group = town.store.group(town.group_id)
    assert group is not None
    status, body = change(office, group.rev, {"group_id": town.group_id}, inn="7700000000")
    assert (status, body["code"]) == (422, "inn_fixed")


def test_a_till_is_shown_a_change_by_the_next_question(
    office: Office, world: World, town: Town, partner_id: str
) -> None:
    path, body = "/qr-partners/v1/get-authorize", {"api_key": town.key()}
    module = world.load("qr_partners", "get_authorize")

    def known() -> tuple[bool, str]:
        _, found = world.invoke(module, event("POST", path, body=body))
        (partner,) = found["partners"]
        return partner["enabled"], partner["legal_name"]

    before = known()
    group = town.store.group(town.group_id)
    assert group is not None
    change(office, group.rev, {"group_id": town.group_id}, legal_name="ООО «Новое»")
    change(office, 2, {"partner_id": partner_id}, enabled=False)

    assert (before, known()) == ((True, town.terms.legal_name), (False, "ООО «Новое»"))


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"partner_id": "p_none", "rev": 1, "set": {"name": "x"}}, 404, "partner_not_found"),
        ({"group_id": "g_none", "rev": 1, "set": {"name": "x"}}, 404, "group_not_found"),
        ({"rev": 1, "set": {"name": "x"}}, 400, "validation_failed"),
        ({"partner_id": "p", "group_id": "g", "rev": 1, "set": {}}, 400, "validation_failed"),
        ({"partner_id": "p", "set": {"name": "x"}}, 400, "validation_failed"),
    ],
)
def test_what_names_nothing_to_change_is_refused(
    office: Office, wish: Json, status: int, code: str
) -> None:
    answered, body = office.call("update", wish | {"operator": "o.petrova"})
    assert (answered, body["code"]) == (status, code)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"name": None}, 400, "validation_failed"),
        ({"nmae": "x"}, 400, "validation_failed"),
        ({"external_id": "r9"}, 400, "validation_failed"),
        ({"lat": 91}, 400, "validation_failed"),
        ({"tables": ["1", "1"]}, 400, "validation_failed"),
        ({"schedule": {"mon": ["ten"]}}, 400, "validation_failed"),
        ({"timezone": "Europe/Nowhere"}, 422, "bad_timezone"),
        ({"overrides": {"currency": "KZT"}}, 422, "bad_terms"),
    ],
    ids=str,
)
def test_a_restaurant_that_could_not_be_is_refused(
    office: Office, partner_id: str, changes: Json, status: int, code: str
) -> None:
    before = everything()

    answered, body = change(office, what={"partner_id": partner_id}, **changes)

    assert (answered, body["code"]) == (status, code)
    assert everything() == before


def test_the_biggest_group_changes_in_one_commit(
    office: Office, town: Town, partner_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, commits = town.store.partner(partner_id), list[Transaction]()
    members = [one] * GROUP_PARTNERS_MAX
    monkeypatch.setattr("qr_partners.store.DynamoPartnerStore.partners", lambda *_: members)
    monkeypatch.setattr("qr_partners.store.commit", commits.append)

    status, _ = change(office, 2, {"group_id": town.group_id}, enabled=False)

    (commit,) = commits
    assert status == 200
    assert GROUP_PARTNERS_MAX < len(commit.writes()) <= TRANSACTION_MAX
