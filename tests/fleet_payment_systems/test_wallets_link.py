"""functions/fleet_payment_systems/wallets_link.py: a link is made and shown once (FP-08)."""

import pytest

from fleet_payment_systems.store.wallets import WalletStore
from tests.fleet_payment_systems.desk import (
    Desk,
    everything,
    gate,
    journal,
    kept_link,
    said,
    secret_of,
    token,
)
from tests.support.clock import FakeClock
from tests.support.intrinsics import Json

ADDRESS = "203.0.113.9"


def opens(text: str, system: str = "uzpaynet") -> bool:
    return gate().enter(system, text, ADDRESS) is not None


def use(wallet: Json, text: str, clock: FakeClock) -> None:
    """The payment system calls by that link."""
    entered = gate().enter("uzpaynet", text, ADDRESS)
    assert entered is not None
    WalletStore().touch(*entered, clock.now())


def test_a_link_carries_what_the_park_needs_to_set_it_up(desk: Desk) -> None:
    wallet = desk.wallet()

    issued = desk.link(wallet)

    assert issued["url"] == f"https://fps.example/fps/v1/uzpaynet/{token(issued)}"
    assert issued["path"] == f"/fps/v1/uzpaynet/{token(issued)}"
    assert issued["url"] in issued["setup_instructions"]
    assert (issued["shown_once"], issued["methods"], issued["rev"]) == (True, ["GET", "POST"], 2)
    assert token(issued).startswith(f"{wallet['wallet_id']}_{issued['link']['link_id']}_")
    assert len(issued["link"]["prefix"]) == 6


def test_a_link_opens_its_own_system_only(desk: Desk) -> None:
    text = token(desk.link(desk.wallet()))
    assert opens(text)
    assert not opens(text, "city24")
    assert not opens(text[:-1])


def test_only_a_digest_of_it_is_kept(desk: Desk) -> None:
    wallet = desk.wallet()
    issued = desk.link(wallet)

    kept = kept_link(wallet["wallet_id"])

    assert len(kept["digest"]) == 64
    assert secret_of(issued) not in str(everything())


def test_a_second_one_needs_a_regenerate(desk: Desk) -> None:
    wallet = desk.wallet()
    text = token(desk.link(wallet))
    before = everything()

    status, body = desk.call("wallets_link", wallet_id=wallet["wallet_id"])

    assert (status, body["code"]) == (409, "link_exists")
    assert everything() == before
    assert opens(text)


def test_a_link_that_nobody_ever_used_is_replaced_after_a_while(
    desk: Desk, clock: FakeClock
) -> None:
    wallet = desk.wallet()
    lost = token(desk.link(wallet))
    clock.advance(15 * 60)

    text = token(desk.link(wallet))

    assert (opens(lost), opens(text)) == (False, True)


def test_a_link_in_use_is_never_an_orphan(desk: Desk, clock: FakeClock) -> None:
    wallet = desk.wallet()
    text = token(desk.link(wallet))
    use(wallet, text, clock)
    clock.advance(86_400)

    status, body = desk.call("wallets_link", wallet_id=wallet["wallet_id"])

    assert (status, body["code"]) == (409, "link_exists")
    assert opens(text)


def test_a_link_that_is_used_at_the_last_moment_is_no_orphan(
    desk: Desk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet = desk.wallet()
    text = token(desk.link(wallet))
    clock.advance(15 * 60)
    unused = WalletStore().find(wallet["wallet_id"])
    use(wallet, text, clock)
    find, calls = WalletStore.find, iter([unused, unused])
    monkeypatch.setattr(WalletStore, "find", lambda *args: next(calls, None) or find(*args))

    status, body = desk.call("wallets_link", wallet_id=wallet["wallet_id"])

    assert (status, body["code"]) == (409, "link_exists")


def test_the_journal_has_the_links_id(desk: Desk) -> None:
    wallet = desk.wallet()
    issued = desk.link(wallet)

    line = journal(wallet["wallet_id"])[-1]

    assert (line.name, line.actor, line.rev) == ("link_generated", "o.petrova", 2)
    assert said(line)["link_id"] == issued["link"]["link_id"]


def test_a_system_that_calls_nobody_has_no_link(desk: Desk) -> None:
    credentials = {"terminal_id": "123456", "password": "pw-sample-77"}
    wallet = desk.wallet(system="qiwi", currency="RUB", limits=None, credentials=credentials)

    for function in ("wallets_link", "wallets_link_regenerate"):
        body = {"grace_period_sec": 0} if function == "wallets_link_regenerate" else None
        status, refused = desk.call(function, body, wallet["wallet_id"])
        assert (status, refused["code"]) == (422, "system_without_link")
