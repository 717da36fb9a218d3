"""functions/fleet_payment_systems/wallets_update.py: part of a wallet changes, under a revision."""

from typing import Any

import pytest

from fleet_payment_systems.model import Wallet
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.passwords import sealing_context
from tests.fleet_payment_systems.desk import Desk, everything, journal, said, vault
from tests.support.clock import FakeClock


def stored(wallet_id: str) -> Wallet:
    found = WalletStore().find(wallet_id)
    assert found is not None
    return found


def password(wallet_id: str) -> str:
    sealed = stored(wallet_id).credentials["password"]
    return vault().open(sealed, sealing_context(wallet_id, "password")).reveal()


def test_what_is_not_told_stays(desk: Desk) -> None:
    wallet = desk.wallet()

    status, body = desk.update(wallet, title="Another", limits={"max": "4000000"})

    kept = {"title", "limits", "rev", "updated_at"}
    assert status == 200
    assert (body["title"], body["rev"]) == ("Another", 2)
    assert body["limits"] == wallet["limits"] | {"max": "4000000.00"}
    assert {k: v for k, v in body.items() if k not in kept} == {
        k: v for k, v in wallet.items() if k not in kept
    }


def test_credentials_are_replaced_one_by_one(desk: Desk) -> None:
    wallet = desk.wallet()
    wallet_id = wallet["wallet_id"]

    desk.update(wallet, credentials={"service_id": "113"})
    assert (password(wallet_id), stored(wallet_id).settings["service_id"]) == (
        "pw-sample-77",
        "113",
    )

    desk.update(desk.get(wallet_id), credentials={"password": "pw-new-78"})
    assert password(wallet_id) == "pw-new-78"


def test_a_mask_that_comes_back_changes_nothing(desk: Desk) -> None:
    wallet = desk.wallet()
    before = everything()

    status, body = desk.update(wallet, credentials=wallet["credentials"])

    assert (status, body) == (200, wallet)
    assert everything() == before


def test_a_limit_and_an_optional_field_may_go(desk: Desk) -> None:
    wallet = desk.wallet()

    _status, body = desk.update(wallet, limits={"daily": None}, credentials={"service_id": None})

    assert "daily" not in body["limits"]
    assert "service_id" not in body["credentials"]


def test_a_required_field_may_go_only_with_the_wallet_disabled(desk: Desk) -> None:
    wallet = desk.wallet()

    status, body = desk.update(wallet, credentials={"password": None})
    assert (status, body["code"]) == (422, "wallet_incomplete")

    status, body = desk.update(wallet, credentials={"password": None}, enabled=False)
    assert (status, body["missing"]) == (200, ["password"])


def test_an_old_revision_is_refused_with_the_current_one(desk: Desk) -> None:
    wallet = desk.wallet()
    desk.update(wallet, title="First")
    before = everything()

    status, body = desk.update(wallet, title="Second")

    assert (status, body["code"], body["details"]) == (409, "stale_rev", {"rev": 2})
    assert everything() == before


def test_of_two_at_once_one_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    wallet = desk.wallet()
    seen = stored(wallet["wallet_id"])
    desk.update(wallet, title="First")
    find, calls = WalletStore.find, iter([seen])
    monkeypatch.setattr(WalletStore, "find", lambda *args: next(calls, None) or find(*args))

    status, body = desk.update(wallet, title="Second")

    assert (status, body["code"]) == (409, "stale_rev")
    assert stored(wallet["wallet_id"]).title == "First"


def test_a_change_does_not_undo_the_use_of_a_link(
    desk: Desk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet = desk.wallet()
    desk.link(wallet)
    seen = stored(wallet["wallet_id"])
    WalletStore().touch(seen, seen.links[0], clock.now())
    find, calls = WalletStore.find, iter([seen])
    monkeypatch.setattr(WalletStore, "find", lambda *args: next(calls, None) or find(*args))

    status, body = desk.update({**wallet, "rev": 2}, title="Second")

    assert (status, body["title"]) == (200, "Second")
    assert body["link"]["last_used_at"] == "2026-01-02T10:00:00.000Z"


@pytest.mark.parametrize("changes", [{"system": "city24"}, {"currency": "USD"}])
def test_system_and_currency_are_for_ever(desk: Desk, changes: Any) -> None:
    wallet = desk.wallet()
    status, body = desk.update(wallet, **changes)
    assert (status, body["code"]) == (422, "immutable_field")


def test_telling_the_same_system_is_no_change_of_it(desk: Desk) -> None:
    wallet = desk.wallet()
    status, body = desk.update(wallet, system="uzpaynet", currency="UZS", title="Another")
    assert (status, body["title"]) == (200, "Another")


def test_the_journal_names_what_changed(desk: Desk) -> None:
    wallet = desk.wallet()

    desk.update(wallet, title="Another", credentials={"password": "pw-new-78"})

    line = journal(wallet["wallet_id"])[-1]
    assert (line.rev, line.name, line.actor) == (2, "updated", "o.petrova")
    assert said(line)["changed"] == ["title", "credentials.password"]


def test_a_change_without_a_revision_is_a_400(desk: Desk) -> None:
    wallet_id = desk.wallet()["wallet_id"]
    status, body = desk.call("wallets_update", {"title": "Another"}, wallet_id)
    assert (status, body["code"]) == (400, "validation_failed")
