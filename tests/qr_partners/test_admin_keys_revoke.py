"""functions/qr_partners/admin_keys_revoke.py: a key dies once (QP-12)."""

import pytest

from qr_partners.store import rows
from qr_partners.tables import KeyRow
from tests.qr_partners.office import CALLER, Office, entries, everything
from tests.qr_partners.samples import Town
from tests.support.intrinsics import Json


def revoke(office: Office, key_id: object, operator: str = "i.ivanov") -> tuple[int, Json]:
    return office.call("keys/revoke", {"key_id": key_id, "operator": operator, "reason": "lost"})


def test_a_revoked_key_opens_nothing_and_its_neighbour_still_does(
    office: Office, town: Town
) -> None:
    lost, kept = town.key(), town.key()

    status, body = revoke(office, lost.split("_")[2])

    assert (status, body["key_id"]) == (200, lost.split("_")[2])
    assert [office.opens(text)["isAuthorized"] for text in (lost, kept)] == [False, True]


def test_revoking_twice_keeps_the_first_moment_and_writes_once(office: Office, town: Town) -> None:
    key_id = town.key().split("_")[2]
    first = revoke(office, key_id)
    before = everything()

    assert revoke(office, key_id, operator="somebody.else") == first
    assert everything() == before


def test_two_who_revoke_at_once_agree_on_the_first_moment(
    office: Office, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id = town.key().split("_")[2]
    _status, first = revoke(office, key_id)
    read = town.store.key
    before = everything()
    alive = [KeyRow.get(key_id)]
    alive[0].revoked_at = None

    def late(_store: object, wanted: str) -> object:
        """The second one's first read was before the first one's commit."""
        return rows.to_key(alive.pop()) if alive else read(wanted)

    monkeypatch.setattr("qr_partners.store.DynamoPartnerStore.key", late)

    status, body = revoke(office, key_id)

    assert (status, body["revoked_at"]) == (200, first["revoked_at"])
    assert everything() == before


def test_the_audit_says_who_revoked_the_key(office: Office, town: Town) -> None:
    key_id = town.key().split("_")[2]

    revoke(office, key_id)

    line = entries(town.group_id)[-1]
    assert (line.action, line.objects) == ("key_revoked", [key_id])
    assert (line.operator, line.reason, line.caller) == ("i.ivanov", "lost", CALLER)


def test_an_unknown_key_is_a_404_and_writes_nothing(office: Office) -> None:
    before = everything()
    status, body = revoke(office, "0" * 16)
    assert (status, body["code"]) == (404, "key_not_found")
    assert everything() == before


@pytest.mark.parametrize("key_id", [None, "", 1, "a b"])
def test_a_malformed_id_is_a_400(office: Office, key_id: object) -> None:
    assert revoke(office, key_id)[0] == 400
