"""functions/fleet_payment_systems/wallets_link_revoke.py: no payment by a link from now on (L3)."""

import pytest

from fleet_payment_systems.store.wallets import WalletStore
from shared.clock import SYSTEM
from shared.store import ConditionFailed, Transaction, commit
from tests.fleet_payment_systems.desk import Desk, everything, gate, journal, said, token
from tests.support.clock import FakeClock

ADDRESS = "203.0.113.9"


def test_a_revoked_link_opens_nothing(desk: Desk) -> None:
    wallet = desk.wallet()
    text = token(desk.link(wallet))

    status, body = desk.call("wallets_link_revoke", wallet_id=wallet["wallet_id"])

    assert (status, body["rev"]) == (200, 3)
    assert "link" not in body
    assert gate().enter("uzpaynet", text, ADDRESS) is None


def test_a_callback_that_came_in_before_cannot_commit_after(desk: Desk) -> None:
    wallet = desk.wallet()
    text = token(desk.link(wallet))
    entered = gate().enter("uzpaynet", text, ADDRESS)
    assert entered is not None
    payment = Transaction()
    WalletStore().must_take(payment, *entered, SYSTEM.now())

    desk.call("wallets_link_revoke", wallet_id=wallet["wallet_id"])

    with pytest.raises(ConditionFailed):
        commit(payment)


def test_a_revoke_ends_the_grace_of_an_older_link_too(desk: Desk, clock: FakeClock) -> None:
    wallet = desk.wallet()
    texts = [token(desk.link(wallet)), token(desk.regenerate(wallet, 3600))]
    door = gate()
    assert all(door.enter("uzpaynet", text, ADDRESS) for text in texts)

    desk.call("wallets_link_revoke", wallet_id=wallet["wallet_id"])

    assert not any(door.enter("uzpaynet", text, ADDRESS) for text in texts)


def test_a_repeat_changes_nothing(desk: Desk) -> None:
    wallet = desk.wallet()
    desk.link(wallet)
    first = desk.call("wallets_link_revoke", wallet_id=wallet["wallet_id"])
    before = everything()

    assert desk.call("wallets_link_revoke", wallet_id=wallet["wallet_id"]) == first

    assert everything() == before


def test_after_a_revoke_a_link_can_be_made_again(desk: Desk) -> None:
    wallet = desk.wallet()
    desk.link(wallet)
    desk.call("wallets_link_revoke", wallet_id=wallet["wallet_id"])

    text = token(desk.link(wallet))

    assert gate().enter("uzpaynet", text, ADDRESS) is not None


def test_the_journal_names_the_links_that_ended(desk: Desk) -> None:
    wallet = desk.wallet()
    issued = desk.link(wallet)

    desk.call("wallets_link_revoke", wallet_id=wallet["wallet_id"])

    line = journal(wallet["wallet_id"])[-1]
    assert line.name == "link_revoked"
    assert said(line)["links"] == [issued["link"]["link_id"]]


def test_links_that_were_both_used_end_both(desk: Desk, clock: FakeClock) -> None:
    wallet = desk.wallet()
    texts = [token(desk.link(wallet)), token(desk.regenerate(wallet, 3600))]
    for text in texts:
        entered = gate().enter("uzpaynet", text, ADDRESS)
        assert entered is not None
        WalletStore().touch(*entered, clock.now())

    status, body = desk.call("wallets_link_revoke", wallet_id=wallet["wallet_id"])

    assert (status, body["rev"]) == (200, 4)
    assert not any(gate().enter("uzpaynet", text, ADDRESS) for text in texts)
