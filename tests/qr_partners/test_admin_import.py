"""functions/qr_partners/admin_import.py: the two old configs come in (QP-10)."""

from typing import Any

import pytest

import shared.store
from qr_partners import store
from qr_partners.tables import GroupRow, PartnerRow
from tests.qr_partners.office import Office, entries, everything, new_inn, sample
from tests.support.intrinsics import Json


def configs(old_id: str, restaurants: int = 1) -> Json:
    """One group with its restaurants `<old_id>-0` and on, not a dry run."""
    found = sample("admin_import")
    (group,) = found["groups"].values()
    (place,) = found["restaurants"].values()
    places = {
        f"{old_id}-{number}": place
        | {"group": old_id, "address": place["address"] | {"house": str(number)}}
        for number in range(restaurants)
    }
    groups = {old_id: group | {"inn": new_inn()}}
    return found | {"groups": groups, "restaurants": places, "dry_run": False}


def outcomes(body: Json) -> dict[str, str]:
    return {row["where"]: row["outcome"] for row in body["rows"]}


def ids(body: Json) -> dict[str, str]:
    return {row["where"]: row["id"] for row in body["rows"]}


def run(office: Office, wanted: Json) -> Json:
    status, body = office.call("import", wanted)
    assert status == 200, body
    return body


def test_old_rows_become_groups_and_restaurants_with_all_that_they_had(office: Office) -> None:
    wanted = configs("full")
    wanted["restaurants"]["full-0"] |= {"overrides": {"commission_rate": "0.01"}}

    body = run(office, wanted)

    assert (body["problems"], body["dry_run"]) == ([], False)
    assert outcomes(body) == {"groups.full": "created", "restaurants.full-0": "created"}
    group = GroupRow.get(ids(body)["groups.full"])
    partner = PartnerRow.get(ids(body)["restaurants.full-0"])
    assert (group.terms.inn, group.terms.commission_rate) == (
        wanted["groups"]["full"]["inn"],
        "0.025",
    )
    assert group.partner_ids == [partner.partner_id]
    assert (partner.external_id, partner.lat_microdeg) == ("full-0", 55_750_000)
    assert (partner.address.city, partner.overrides.commission_rate) == ("Москва", "0.01")


def test_a_second_run_skips_what_is_there_and_writes_nothing(office: Office) -> None:
    wanted = configs("twice", restaurants=3)
    first = run(office, wanted)
    before = everything()

    body = run(office, wanted)

    assert set(outcomes(body).values()) == {"unchanged"}
    assert ids(body) == ids(first)
    assert everything() == before


def test_a_run_that_was_cut_off_is_run_again_to_its_end(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, left = configs("cut", restaurants=3), [None, None]

    def dying(transaction: Any) -> None:
        left.pop()
        shared.store.commit(transaction)

    with monkeypatch.context() as patched:
        patched.setattr(store, "commit", dying)
        assert office.call("import", wanted)[0] == 500

    assert list(outcomes(run(office, wanted)).values()) == [
        *("unchanged", "unchanged"),
        *("created", "created"),
    ]


def test_a_dry_run_reports_the_same_and_writes_nothing(office: Office) -> None:
    wanted = configs("dry", restaurants=2)
    (house,) = {wanted["restaurants"]["dry-0"]["address"]["house"]}
    wanted["restaurants"]["dry-1"]["address"]["house"] = house
    before = everything()

    rehearsed = run(office, wanted | {"dry_run": True})
    unchanged = everything()
    real = run(office, wanted)

    assert unchanged == before
    assert rehearsed["dry_run"]
    for told in ("problems", "new_keys_needed"):
        assert rehearsed[told] == real[told] != []
    assert outcomes(rehearsed) == outcomes(real)


def test_a_row_that_was_changed_here_is_left_as_it_is(office: Office) -> None:
    wanted = configs("moved")
    body = run(office, wanted)
    PartnerRow(ids(body)["restaurants.moved-0"]).update([PartnerRow.name.set("Новое имя")])
    GroupRow(ids(body)["groups.moved"]).update([GroupRow.enabled.set(False)])
    before = everything()

    again = run(office, wanted)

    assert set(outcomes(again).values()) == {"differs"}
    assert everything() == before


def test_a_disabled_row_comes_in_disabled(office: Office) -> None:
    wanted = configs("off")
    wanted["groups"]["off"]["enabled"] = False
    wanted["restaurants"]["off-0"]["enabled"] = False

    body = run(office, wanted)

    assert not GroupRow.get(ids(body)["groups.off"]).enabled
    assert not PartnerRow.get(ids(body)["restaurants.off-0"]).enabled


def test_every_problem_is_listed_and_the_other_rows_come_in(office: Office) -> None:
    wanted = configs("ill", restaurants=4)
    places = wanted["restaurants"]
    del places["ill-0"]["timezone"]
    places["ill-0"]["lat"] = "55.75"
    places["ill-1"]["tanker_key"] = "name.1"
    places["ill-2"]["timezone"] = "Moscow"
    places["ill-2/"] = places["ill-3"]

    body = run(office, wanted)

    assert {(each["where"], each["field"], each["problem"]) for each in body["problems"]} == {
        ("restaurants.ill-0", "timezone", "missing"),
        ("restaurants.ill-0", "lat", "float_type"),
        ("restaurants.ill-1", "tanker_key", "extra_forbidden"),
        ("restaurants.ill-2", "", "bad_timezone"),
        ("restaurants.ill-2/", "", "string_pattern_mismatch"),
    }
    assert outcomes(body) == {"groups.ill": "created", "restaurants.ill-3": "created"}


def test_restaurants_of_a_group_with_a_problem_are_problems_too(office: Office) -> None:
    wanted = configs("orphan")
    wanted["groups"]["orphan"]["cashback"]["max"] = "1.234"
    before = everything()

    body = run(office, wanted)

    assert body["rows"] == []
    assert [(each["where"], each["problem"]) for each in body["problems"]] == [
        ("groups.orphan", "bad_terms"),
        ("restaurants.orphan-0", "group_not_imported"),
    ]
    assert everything() == before


def test_restaurants_may_come_in_parts_after_their_group(office: Office) -> None:
    wanted = configs("parts", restaurants=2)
    first, second = ({each: row} for each, row in wanted["restaurants"].items())
    run(office, wanted | {"restaurants": first})

    body = run(office, wanted | {"groups": {}, "restaurants": second})

    assert outcomes(body) == {"restaurants.parts-1": "created"}


def test_two_restaurants_at_one_address_are_a_problem_of_the_second(office: Office) -> None:
    wanted = configs("pair", restaurants=2)
    wanted["restaurants"]["pair-1"]["address"]["house"] = "0"

    body = run(office, wanted)

    assert [(each["where"], each["problem"]) for each in body["problems"]] == [
        ("restaurants.pair-1", "address_taken")
    ]


def test_an_old_key_is_let_go_and_its_group_needs_a_new_one(office: Office) -> None:
    wanted = configs("keyless")
    wanted["groups"]["keyless"]["api_key_hash"] = "a-hash-of-the-old-times"

    body = run(office, wanted)
    group_id = ids(body)["groups.keyless"]
    asked = sample("admin_keys_create") | {"group_id": group_id}
    _status, issued = office.call("keys/create", asked)

    assert body["new_keys_needed"] == ["keyless"]
    assert run(office, wanted)["new_keys_needed"] == []
    assert office.opens(issued["api_key"])["isAuthorized"]
    assert not any("a-hash-of-the-old-times" in row for row in everything())


def test_the_audit_names_the_one_who_imported(office: Office) -> None:
    wanted = configs("audit") | {"operator": "m.smirnova"}

    body = run(office, wanted)

    lines = entries(ids(body)["groups.audit"])
    assert [line.action for line in lines] == ["group_created", "partner_created"]
    assert {line.operator for line in lines} == {"m.smirnova"}


@pytest.mark.parametrize(
    "changes",
    [{"dry_run": None}, {"groups": []}, {"restaurants": None}, {"operator": ""}],
    ids=str,
)
def test_a_malformed_import_is_a_400(office: Office, changes: Json) -> None:
    before = everything()
    assert office.call("import", configs("none") | changes)[0] == 400
    assert everything() == before
