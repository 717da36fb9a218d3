"""functions/qr_partners/admin_keys_create.py: keys are issued, and shown once (QP-12, L1, L2)."""

from typing import Any

import pytest

from qr_partners.tables import KeyRow
from tests.qr_partners.office import CALLER, Office, entries, everything, sample
from tests.qr_partners.samples import Town
from tests.support.intrinsics import Json


def wish(town: Town, **changes: Any) -> Json:
    return sample("admin_keys_create") | {"group_id": town.group_id} | changes


def test_a_new_key_opens_the_api_and_the_old_one_still_does(office: Office, town: Town) -> None:
    partner_id, old = town.restaurant(), town.key()

    status, body = office.call("keys/create", wish(town))

    assert (status, body["created"]) == (200, True)
    assert body["api_key"].startswith(f"qrp_test_{body['key']['key_id']}_")
    for text in (old, body["api_key"]):
        assert office.opens(text)["context"]["partner_ids"] == [partner_id]


def test_a_narrower_key_opens_its_restaurants_only(office: Office, town: Town) -> None:
    town.restaurant("r1")
    own = town.restaurant("r2")

    _status, body = office.call("keys/create", wish(town, partner_ids=[own]))

    assert body["key"]["partner_ids"] == [own]
    assert office.opens(body["api_key"])["context"]["partner_ids"] == [own]


def test_a_scope_outside_of_the_group_is_a_404(office: Office, town: Town) -> None:
    own = town.restaurant()
    stranger = Town(town.partners.clock).restaurant()
    before = everything()

    status, body = office.call("keys/create", wish(town, partner_ids=[own, stranger]))

    assert (status, body["code"]) == (404, "partner_not_found")
    assert everything() == before


def test_a_repeat_says_already_created_and_shows_no_secret(office: Office, town: Town) -> None:
    wanted = wish(town)
    _status, first = office.call("keys/create", wanted, key="key-1")
    before = everything()

    status, body = office.call("keys/create", wanted, key="key-1")

    assert (status, body) == (200, {"created": False, "key": first["key"]})
    assert first["api_key"] not in str(body)
    assert everything() == before


def test_the_same_idempotency_key_for_another_key_is_a_422(office: Office, town: Town) -> None:
    office.call("keys/create", wish(town), key="key-2")
    before = everything()

    status, body = office.call("keys/create", wish(town, environment="live"), key="key-2")

    assert (status, body["code"]) == (422, "idempotency_mismatch")
    assert everything() == before


def test_a_request_without_an_idempotency_key_is_a_400(office: Office, town: Town) -> None:
    status, body = office.call("keys/create", wish(town), key="")
    assert (status, body["code"]) == (400, "idempotency_key_required")


def test_a_key_whose_text_got_lost_dies_as_another_takes_its_place(
    office: Office, town: Town
) -> None:
    _status, lost = office.call("keys/create", wish(town))
    key_id = lost["key"]["key_id"]

    status, body = office.call("keys/create", wish(town, replaces=key_id))

    assert status == 200
    assert office.opens(lost["api_key"]) == {"isAuthorized": False}
    assert office.opens(body["api_key"])["isAuthorized"]
    assert entries(town.group_id)[-1].objects == [body["key"]["key_id"], key_id]


def test_a_key_in_use_is_not_replaced(office: Office, town: Town) -> None:
    text = town.key()
    office.opens(text)
    before = everything()

    status, body = office.call("keys/create", wish(town, replaces=text.split("_")[2]))

    assert (status, body["code"]) == (409, "key_in_use")
    assert everything() == before


def test_a_key_that_is_used_at_the_last_moment_is_not_replaced(
    office: Office, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = town.key()
    unused = town.store.key(text.split("_")[2])
    office.opens(text)
    before = everything()
    monkeypatch.setattr("qr_partners.store.DynamoPartnerStore.key", lambda *_: unused)

    status, body = office.call("keys/create", wish(town, replaces=text.split("_")[2]))

    assert (status, body["code"]) == (409, "key_in_use")
    assert everything() == before


def test_a_replaced_key_that_was_revoked_keeps_its_moment(office: Office, town: Town) -> None:
    key_id = town.key().split("_")[2]
    KeyRow(key_id).update([KeyRow.revoked_at.set(1)])

    status, _body = office.call("keys/create", wish(town, replaces=key_id))

    assert (status, KeyRow.get(key_id).revoked_at) == (200, 1)


def test_another_groups_key_is_not_replaced(office: Office, town: Town) -> None:
    foreign = Town(town.partners.clock).key().split("_")[2]

    status, body = office.call("keys/create", wish(town, replaces=foreign))

    assert (status, body["code"]) == (404, "key_not_found")
    assert KeyRow.get(foreign).revoked_at is None


def test_the_audit_says_who_issued_the_key(office: Office, town: Town) -> None:
    _status, body = office.call("keys/create", wish(town, operator="i.ivanov"))

    line = entries(town.group_id)[-1]

    assert (line.action, line.objects) == ("key_issued", [body["key"]["key_id"]])
    assert (line.operator, line.reason, line.caller) == ("i.ivanov", "rotation", CALLER)


def test_a_key_ends_when_it_was_said_to(office: Office, town: Town) -> None:
    _status, body = office.call("keys/create", wish(town))
    assert body["key"]["expires_at"] == "2100-01-01T00:00:00.000Z"

    KeyRow(body["key"]["key_id"]).update([KeyRow.expires_at.set(1)])

    assert office.opens(body["api_key"]) == {"isAuthorized": False}


def test_a_key_that_would_be_over_at_once_is_a_422(office: Office, town: Town) -> None:
    before = everything()
    status, body = office.call("keys/create", wish(town, expires_at="2020-01-01T00:00:00Z"))
    assert (status, body["code"]) == (422, "bad_expiry")
    assert everything() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"group_id": 1},
        {"environment": "prod"},
        {"partner_ids": []},
        {"partner_ids": "p_1"},
        {"expires_at": "tomorrow"},
        {"expires_at": "2100-01-01T00:00:00"},
        {"operator": ""},
    ],
    ids=str,
)
def test_a_malformed_wish_is_a_400_and_makes_nothing(
    office: Office, town: Town, changes: Json
) -> None:
    before = everything()

    status, body = office.call("keys/create", wish(town, **changes))

    assert (status, body["code"]) == (400, "validation_failed")
    assert everything() == before
