"""functions/qr_partners/admin_create.py: a restaurant opened by the back office (QP-04)."""

from typing import Any

import pytest

from qr_partners.tables import GroupRow, KeyRow
from shared.errors import Unavailable
from tests.qr_partners.office import CALLER, Office, entries, everything, new_restaurant
from tests.qr_partners.samples import Town
from tests.support.aws_world import World
from tests.support.intrinsics import Json


def there(town: Town, **changes: Any) -> Json:
    """A restaurant for the group of `town`."""
    return new_restaurant(group=None, group_id=town.group_id) | changes


def partner(**changes: Any) -> Json:
    found: Json = new_restaurant()["partner"]
    return found | changes


def test_a_new_group_comes_with_its_restaurant_and_a_key_that_works(office: Office) -> None:
    wanted = new_restaurant()

    status, body = office.call("create", wanted)

    assert (status, body["created"]) == (200, True)
    assert body["partner"]["inn"] == wanted["group"]["inn"]
    assert (body["partner"]["external_id"], body["partner"]["lat"]) == ("r1", 55.75)
    context = office.opens(body["api_key"])["context"]
    assert context["partner_ids"] == [body["partner"]["partner_id"]]
    assert context["environment"] == "test"


def test_a_restaurant_of_a_known_group_needs_no_key_of_its_own(office: Office, town: Town) -> None:
    text = town.key()

    status, body = office.call("create", there(town))

    assert (status, "api_key" in body, "key" in body) == (200, False, False)
    assert office.opens(text)["context"]["partner_ids"] == [body["partner"]["partner_id"]]


def test_a_restaurant_may_have_terms_of_its_own(office: Office, town: Town) -> None:
    own = {"commission_rate": "0.01", "currency": "KZT", "cashback": {"rate": "0", "max": "5"}}

    _status, body = office.call("create", there(town, partner=partner(overrides=own)))

    found = body["partner"]
    assert (found["commission_rate"], found["currency"]) == ("0.01", "KZT")
    assert found["cashback"] == {"rate": "0", "max": "5.00"}
    assert found["inn"] == town.terms.inn


def test_a_repeat_is_answered_without_the_key_and_makes_nothing(office: Office) -> None:
    wanted = new_restaurant()
    _status, first = office.call("create", wanted, key="again-1")
    before = everything()

    status, body = office.call("create", wanted, key="again-1")

    assert (status, body["created"]) == (200, False)
    assert body["partner"]["partner_id"] == first["partner"]["partner_id"]
    assert first["api_key"] not in str(body)
    assert everything() == before


def test_the_same_idempotency_key_with_another_body_is_a_422(office: Office) -> None:
    office.call("create", new_restaurant(), key="again-2")
    before = everything()

    status, body = office.call("create", new_restaurant(), key="again-2")

    assert (status, body["code"]) == (422, "idempotency_mismatch")
    assert everything() == before


def test_a_request_without_an_idempotency_key_is_a_400(office: Office) -> None:
    status, body = office.call("create", new_restaurant(), key="")
    assert (status, body["code"]) == (400, "idempotency_key_required")


def test_one_address_of_a_legal_entity_is_taken_once_however_it_is_spelled(
    office: Office, town: Town
) -> None:
    office.call("create", there(town))
    spelled = {"country": "россия", "city": "МОСКВА", "street": "  Арбат,", "house": "10"}
    before = everything()

    again = there(town, partner=partner(external_id="r2", address=spelled))
    status, body = office.call("create", again)

    assert (status, body["code"]) == (409, "address_taken")
    assert everything() == before


def test_a_new_group_does_not_get_around_a_taken_address(office: Office) -> None:
    wanted = new_restaurant()
    office.call("create", wanted)
    before = everything()

    status, body = office.call("create", wanted)

    assert (status, body["code"]) == (409, "address_taken")
    assert everything() == before


def test_another_legal_entity_may_be_at_the_same_address(office: Office) -> None:
    assert [office.call("create", new_restaurant())[0] for _ in range(2)] == [200, 200]


def test_an_external_id_that_the_group_has_is_a_409(office: Office, town: Town) -> None:
    town.restaurant("r1")
    address = new_restaurant()["partner"]["address"] | {"house": "99"}
    before = everything()

    status, body = office.call("create", there(town, partner=partner(address=address)))

    assert (status, body["code"]) == (409, "external_id_taken")
    assert everything() == before


def test_the_audit_says_who_opened_what(office: Office) -> None:
    wanted = new_restaurant(operator="o.petrova", reason="договор 17")

    _status, body = office.call("create", wanted)

    (line,) = entries(body["partner"]["group_id"])
    assert line.action == "group_created"
    assert line.objects == [body["partner"]["partner_id"], body["key"]["key_id"]]
    assert (line.operator, line.reason, line.caller) == ("o.petrova", "договор 17", CALLER)


def test_no_row_holds_the_text_of_the_key(office: Office) -> None:
    _status, body = office.call("create", new_restaurant())
    secret = body["api_key"].split("_", 3)[3]
    assert not any(secret in row for row in everything())


def test_a_commit_that_is_refused_leaves_no_part_behind(
    office: Office, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_transaction: object) -> None:
        raise Unavailable("storage_unavailable")

    before = everything()
    monkeypatch.setattr("qr_partners.store.commit", refuse)

    assert office.call("create", new_restaurant())[0] == 503
    assert everything() == before


def test_an_unknown_group_is_a_404(office: Office) -> None:
    status, body = office.call("create", new_restaurant(group=None, group_id="g_none"))
    assert (status, body["code"]) == (404, "group_not_found")


@pytest.mark.parametrize(
    "changes",
    [
        {"group": None},
        {"group_id": "g_1"},
        {"operator": ""},
        {"operator": None},
        {"operator": "a\nb"},
        {"partner": None},
        {"partner": partner(lat=91)},
        {"partner": partner(lon="37.59")},
        {"partner": partner(external_id="a/b")},
        {"partner": partner(pos_system="abacus")},
        {"partner": partner(overrides={"cashback": {"rate": "0", "max": "1"}})},
        {"environment": "prod"},
    ],
    ids=str,
)
def test_a_malformed_wish_is_a_400_and_makes_nothing(office: Office, changes: Json) -> None:
    before = everything()

    status, body = office.call("create", new_restaurant() | changes)

    assert (status, body["code"]) == (400, "validation_failed")
    assert everything() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("inn", "77"),
        ("inn", 7_700_000_009),
        ("commission_rate", "1"),
        ("commission_rate", 0.03),
        ("currency", "rub"),
        ("legal_name", None),
    ],
)
def test_malformed_terms_are_a_400(office: Office, name: str, value: object) -> None:
    wanted = new_restaurant()
    wanted["group"][name] = value
    assert office.call("create", wanted)[0] == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cashback", {"rate": "0.05", "max": "1.234"}),
        ("currency", "XXX"),
        (
            "settings",
            {"order_ttl_min": 0, "activity_timeout_sec": 300, "on_expire_held": "cancel"},
        ),
    ],
)
def test_terms_that_no_order_could_carry_are_a_422(
    office: Office, name: str, value: object
) -> None:
    wanted = new_restaurant()
    wanted["group"][name] = value
    before = everything()

    status, body = office.call("create", wanted)

    assert (status, body["code"]) == (422, "bad_terms")
    assert everything() == before


def test_a_rival_with_the_same_request_is_told_to_come_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = new_restaurant()
    office.call("create", wanted, key="again-3")
    before = everything()
    # As it looked to the rival a moment before the first one's commit.
    monkeypatch.setattr("qr_partners.store.DynamoPartnerStore.mark", lambda *_: None)

    status, body = office.call("create", wanted, key="again-3")

    assert (status, body["code"]) == (409, "request_in_progress")
    assert body["details"] == {"retry_after_sec": 1}
    assert everything() == before


def test_a_group_that_is_made_with_a_restaurant_lists_it(office: Office) -> None:
    _status, body = office.call("create", new_restaurant())

    group = GroupRow.get(body["partner"]["group_id"])
    key = KeyRow.get(body["key"]["key_id"])

    assert (group.partner_ids, group.rev) == ([body["partner"]["partner_id"]], 1)
    assert key.group_id == group.group_id
