"""functions/fleet_payment_systems/wallets_link_regenerate.py: another link, grace or none."""

import pytest

from fleet_payment_systems.store.wallets import WalletStore
from tests.fleet_payment_systems.desk import Desk, everything, gate, token
from tests.support.clock import FakeClock


def opens(text: str) -> bool:
    return gate().enter("uzpaynet", text, "203.0.113.9") is not None


def use(text: str, clock: FakeClock) -> None:
    entered = gate().enter("uzpaynet", text, "203.0.113.9")
    assert entered is not None
    WalletStore().touch(*entered, clock.now())


def test_without_grace_the_old_link_ends_at_once(desk: Desk) -> None:
    wallet = desk.wallet()
    old = token(desk.link(wallet))

    new = token(desk.regenerate(wallet))

    assert (opens(old), opens(new)) == (False, True)


def test_with_grace_both_open_until_its_end(desk: Desk, clock: FakeClock) -> None:
    wallet = desk.wallet()
    old = token(desk.link(wallet))
    new = token(desk.regenerate(wallet, 3600))

    clock.advance(3599.999)
    assert (opens(old), opens(new)) == (True, True)
    assert desk.get(wallet["wallet_id"])["ending_link"]["not_after"] == "2026-01-02T11:00:00.000Z"

    clock.advance(0.001)
    assert (opens(old), opens(new)) == (False, True)
    assert "ending_link" not in desk.get(wallet["wallet_id"])


def test_a_wallet_without_a_link_gets_one(desk: Desk) -> None:
    assert opens(token(desk.regenerate(desk.wallet(), 60)))


def test_a_lost_answer_takes_no_grace_from_the_link_in_use(desk: Desk, clock: FakeClock) -> None:
    wallet = desk.wallet()
    in_use = token(desk.link(wallet))
    use(in_use, clock)
    lost = token(desk.regenerate(wallet, 3600))

    again = token(desk.regenerate(wallet, 3600))

    assert (opens(in_use), opens(lost), opens(again)) == (True, False, True)


def test_a_second_grace_does_not_lengthen_the_first(desk: Desk, clock: FakeClock) -> None:
    wallet = desk.wallet()
    old = token(desk.link(wallet))
    use(old, clock)
    desk.regenerate(wallet, 60)
    clock.advance(30)

    desk.regenerate(wallet, 3600)

    clock.advance(30)
    assert not opens(old)


def test_two_links_are_active_at_most_and_five_are_kept(desk: Desk, clock: FakeClock) -> None:
    wallet = desk.wallet()
    in_use = token(desk.link(wallet))
    use(in_use, clock)
    for _ in range(7):
        clock.advance(1)
        newest = token(desk.regenerate(wallet, 3600))

    found = WalletStore().find(wallet["wallet_id"])

    assert found is not None
    assert len(found.links) == 5
    assert sum(link.active(clock.now()) for link in found.links) == 2
    assert opens(in_use)
    assert opens(newest)


@pytest.mark.parametrize("grace", [-1, 86_401, "60", 1.5, True, None])
def test_a_grace_out_of_bounds_is_a_400(desk: Desk, grace: object) -> None:
    wallet = desk.wallet()
    desk.link(wallet)
    before = everything()

    status, body = desk.call(
        "wallets_link_regenerate", {"grace_period_sec": grace}, wallet["wallet_id"]
    )

    assert (status, body["code"]) == (400, "validation_failed")
    assert everything() == before
