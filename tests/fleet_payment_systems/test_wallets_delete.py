"""functions/fleet_payment_systems/wallets_delete.py: a wallet goes, with its links."""

import pytest

from fleet_payment_systems.store.wallets import WalletStore
from tests.fleet_payment_systems.desk import Desk, everything, gate, journal, token


def test_a_deleted_wallet_is_gone_for_the_dispatcher_and_its_row_stays(desk: Desk) -> None:
    wallet_id = desk.wallet()["wallet_id"]

    status, body = desk.call("wallets_delete", wallet_id=wallet_id)

    found = WalletStore().find(wallet_id)
    assert (status, body) == (204, {})
    assert found is not None
    assert (found.deleted_at is not None, found.enabled) == (True, False)
    assert journal(wallet_id)[-1].name == "deleted"
    for function, sent in (
        ("wallets_get", None),
        ("wallets_update", {"rev": 2}),
        ("wallets_link", None),
    ):
        status, body = desk.call(function, sent, wallet_id)
        assert (status, body["code"]) == (404, "wallet_not_found")


def test_its_link_opens_nothing_any_more(desk: Desk) -> None:
    wallet = desk.wallet(ip_allowlist=[])
    text = token(desk.link(wallet))
    assert gate().enter("uzpaynet", text, "203.0.113.9") is not None

    desk.call("wallets_delete", wallet_id=wallet["wallet_id"])

    found = WalletStore().find(wallet["wallet_id"])
    assert gate().enter("uzpaynet", text, "203.0.113.9") is None
    assert found is not None
    assert all(link.revoked_at for link in found.links)


def test_a_repeat_changes_nothing(desk: Desk) -> None:
    wallet_id = desk.wallet()["wallet_id"]
    desk.call("wallets_delete", wallet_id=wallet_id)
    before = everything()

    assert desk.call("wallets_delete", wallet_id=wallet_id) == (204, {})

    assert everything() == before


def test_a_change_in_between_does_not_save_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    wallet = desk.wallet()
    seen = WalletStore().find(wallet["wallet_id"])
    desk.update(wallet, title="Another")
    find, calls = WalletStore.find, iter([seen])
    monkeypatch.setattr(WalletStore, "find", lambda *args: next(calls, None) or find(*args))

    assert desk.call("wallets_delete", wallet_id=wallet["wallet_id"])[0] == 204

    found = WalletStore().find(wallet["wallet_id"])
    assert found is not None
    assert (found.title, found.deleted_at is not None) == ("Another", True)
