"""Links of the old service: known by their hash, refused like any other, never told (FP-46)."""

from dataclasses import replace
from hashlib import sha256

import pytest

from fleet_payment_systems.model import Link
from fleet_payment_systems.store.copies import CopyStore
from shared import secrets_store
from shared.keys import Peppers
from shared.secret import Secret
from shared.store import Transaction, commit
from tests.support import calls
from tests.support.calls import Call
from tests.support.park import ACCOUNT, Opened, Park

TOKEN = "Zk3vQmT9xLr2WcY8pHs5NdBf7GjA4uEo"
REFUSED = {"result": "auth_failed"}


def peppers() -> Peppers:
    return secrets_store.peppers("test/fleet_payment_systems/link-pepper")


def imported(here: Park, opened: Opened, pepper: Peppers) -> Link:
    """The wallet of `opened` with an old link beside, as the import leaves it."""
    hashed = sha256(TOKEN.encode()).hexdigest()
    digest = pepper.digest(pepper.current, hashed).hex()
    wallet = here.wallet(opened)
    link = Link("old-1", "", pepper.current, digest, here.aws.clock.now(), hashed=True)
    writes = Transaction()
    CopyStore().keep_old_link(writes, wallet, digest)
    commit(writes)
    here.save(replace(wallet, links=(*wallet.links, link)))
    return link


def test_an_old_link_pays_as_a_new_one_does(here: Park, link: Opened) -> None:
    imported(here, link, peppers())

    first = here.pay(Opened(link.wallet_id, "old-1", TOKEN), "t-1")

    assert first["result"] == "ok"
    assert here.pay(link, "t-1")["tx_id"] == first["tx_id"]


@pytest.mark.parametrize("token", [TOKEN[:-1], f"{TOKEN}x", TOKEN.lower(), f"{TOKEN}\n"])
def test_what_is_nearly_an_old_link_is_refused_alike(here: Park, link: Opened, token: str) -> None:
    imported(here, link, peppers())
    assert here.ask(token, "check", account=ACCOUNT) == REFUSED


def test_the_hash_itself_is_no_link(here: Park, link: Opened) -> None:
    old = imported(here, link, peppers())
    for known in (sha256(TOKEN.encode()).hexdigest(), old.digest):
        assert here.ask(known, "check", account=ACCOUNT) == REFUSED


def test_a_revoked_old_link_looks_like_an_unknown_one(here: Park, link: Opened) -> None:
    imported(here, link, peppers())
    opened = Opened(link.wallet_id, "old-1", TOKEN)
    here.revoke(opened)
    assert here.pay(opened, "t-1") == REFUSED
    assert here.pay(link, "t-1")["result"] == "ok"


def test_an_old_link_survives_a_new_pepper(
    here: Park, link: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(here, link, peppers())
    rotated = Peppers("p2", {**peppers().by_id, "p2": Secret("another pepper")})
    monkeypatch.setattr(secrets_store, "peppers", lambda _id: rotated)
    assert here.ask(TOKEN, "check", account=ACCOUNT)["result"] == "ok"


def test_an_old_link_costs_one_read_more(here: Park, link: Opened) -> None:
    imported(here, link, peppers())
    seen: list[str] = []

    def see(call: Call) -> None:
        seen.append(call.operation)

    with calls.process(), calls.intercepting(see):
        here.ask(TOKEN, "query", txn="t-1")
    assert seen == ["GetItem"] * 3 + ["TransactWriteItems"]


def test_a_wallet_in_two_stores_keeps_the_password_that_dispatchers_gave(
    here: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old store would bring the old one back."""
    opened = here.open_wallet(password="an old password")
    body = '{"op": "password", "password": "a new password"}'
    kept = here.wallet(opened).credentials
    with monkeypatch.context() as phase:
        phase.setenv("WALLET_STORE_PHASE", "3")
        moving = here.in_phase()
    assert moving.answer(moving.raw(opened, body, password="an old password")) == {
        "result": "temporary_error"
    }
    assert here.wallet(opened).credentials == kept
