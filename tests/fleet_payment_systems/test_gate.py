"""Links: one refusal for every bad one, exact ends, and the fewest calls (2.8, FX-02, FX-20)."""

import json
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from shared.vault import Vault
from tests.support import calls
from tests.support.calls import Call
from tests.support.intrinsics import Json
from tests.support.park import ACCOUNT, WIRING, Opened, Park

BODY = json.dumps({"op": "pay", "txn": "t-1", "account": ACCOUNT, "amount": "10.00"})
REFUSED = {"result": "auth_failed"}


def bad_tokens(link: Opened) -> list[str]:
    wallet, ident, secret = link.token.split("_", 2)
    head = f"{wallet}_{ident}"
    turned = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    return [
        *("", "x", "_", "__", "../..", "é" * 40, "0" * 26, link.wallet_id, head, f"{head}_"),
        f"{head}_{turned}",
        f"{head}_{secret}x",
        f"{link.wallet_id}_{'0' * 16}_{secret}",
        f"{'0' * 26}_{link.link_id}_{secret}",
        link.token.lower(),
        f" {link.token}",
        "x" * 10_000,
    ]


def test_every_bad_token_is_refused_alike_and_writes_nothing(here: Park, link: Opened) -> None:
    answers = {here.raw(token, BODY)["body"] for token in bad_tokens(link)}
    assert answers == {json.dumps(REFUSED)}
    assert here.transactions() == here.rows("claims") == []


@pytest.mark.parametrize("what", ["revoked", "ended", "deleted", "system", "address"])
def test_a_link_that_may_not_be_used_looks_like_an_unknown_one(
    here: Park, link: Opened, what: str
) -> None:
    now = here.aws.clock.now()
    match what:
        case "revoked":
            here.revoke(link)
        case "ended":
            here.change_link(link, not_after=now)
        case "deleted":
            here.change(link, deleted_at=now)
        case "system":
            here.change(link, system="osmp")
        case "address":
            here.change(link, ip_allowlist=("10.0.0.0/8",))
    assert here.answer(here.raw(link, BODY, ip="192.0.2.1")) == REFUSED
    assert here.transactions() == []


def test_a_link_works_until_the_moment_it_ends(here: Park, link: Opened) -> None:
    here.change_link(link, not_after=here.aws.clock.now() + timedelta(seconds=1))
    assert here.pay(link, "t-1")["result"] == "ok"
    here.aws.clock.advance(1)
    assert here.pay(link, "t-1") == REFUSED


@pytest.mark.parametrize("ip", ["10.1.2.3", "2001:db8::1"])
def test_an_address_of_the_list_may_enter(here: Park, link: Opened, ip: str) -> None:
    here.change(link, ip_allowlist=("10.0.0.0/8", "2001:db8::/32"))
    assert here.answer(here.raw(link, BODY, ip=ip))["result"] == "ok"
    assert here.answer(here.raw(link, BODY, ip="not an address")) == REFUSED


def test_two_links_of_a_wallet_share_their_payments(here: Park, link: Opened) -> None:
    second = here.add_link(link)
    first = here.pay(link, "t-1")
    assert here.pay(second, "t-1")["tx_id"] == first["tx_id"]
    here.revoke(link)
    assert here.pay(link, "t-1") == REFUSED
    assert here.pay(second, "t-1")["tx_id"] == first["tx_id"]
    assert here.pay(second, "t-2")["result"] == "ok"


def test_a_wallet_switched_off_takes_nothing_new_and_answers_for_the_old(
    here: Park, link: Opened
) -> None:
    first = here.pay(link, "t-1")
    here.change(link, enabled=False)

    assert here.pay(link, "t-2") == {"result": "payment_forbidden"}
    assert here.ask(link, "check", account=ACCOUNT) == {"result": "payment_forbidden"}
    assert here.ask(link, "password", password="long enough") == {"result": "payment_forbidden"}
    assert here.pay(link, "t-1")["tx_id"] == first["tx_id"]
    assert here.ask(link, "query", txn="t-1")["result"] == "ok"
    assert here.ask(link, "cancel", txn="t-1")["result"] == "ok"


def seen(here: Park, link: Opened) -> list[str]:
    found: list[str] = []

    def see(call: Call) -> None:
        found.append(f"{call.service}.{call.operation}")

    with calls.process(), calls.intercepting(see):
        here.pay(link, "t-1")
    return found


# A repeat: the wallet, as for every callback, then the claim, which has the answer (PC20).
def test_a_payment_costs_three_calls_and_a_lookup_a_repeat_two_reads(
    here: Park, link: Opened
) -> None:
    assert seen(here, link) == [
        *("dynamodb.GetItem", "dynamodb.GetItem", "http.GET fleet_transactions"),
        *("dynamodb.TransactWriteItems", "sqs.SendMessage"),
    ]
    assert seen(here, link) == ["dynamodb.GetItem"] * 2


def test_use_of_a_link_is_kept_every_ten_minutes(here: Park, link: Opened) -> None:
    here.aws.clock.advance(600)
    assert seen(here, link).count("dynamodb.TransactWriteItems") == 2
    assert here.wallet(link).links[0].last_used_at == here.aws.clock.now()
    assert seen(here, link) == ["dynamodb.GetItem"] * 2
    assert here.wallet(link).rev == 1


def test_a_password_is_asked_for_and_may_be_changed_by_its_owner(here: Park) -> None:
    link = here.open_wallet(password="old password")
    change = json.dumps({"op": "password", "password": "new password"})
    weak = json.dumps({"op": "password", "password": "short"})

    assert here.answer(here.raw(link, BODY)) == REFUSED
    assert here.answer(here.raw(link, weak, password="old password"))["result"] == "password_weak"
    assert here.answer(here.raw(link, change, password="old password")) == {"result": "ok"}
    assert here.answer(here.raw(link, BODY, password="old password")) == REFUSED
    assert here.answer(here.raw(link, BODY, password="new password"))["result"] == "ok"
    stored = json.dumps([here.rows("wallets"), here.rows("events")], default=str)
    assert "new password" not in stored


def test_credentials_that_cannot_be_read_are_for_later(
    here: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = here.open_wallet(password="a password")

    def down(_parameters: Json) -> Json:
        raise ClientError({"Error": {"Code": "KMSInternalException", "Message": "x"}}, "Decrypt")

    fresh = Vault(here.town.world.environment("fleet_payment_systems")["VAULT_KEY"])
    monkeypatch.setattr(WIRING, "vault", lambda: fresh)
    with calls.serving("kms", "Decrypt", down):
        told = here.answer(here.raw(link, BODY, password="wrong"))
    assert told == {"result": "temporary_error"}


def test_neither_link_nor_account_nor_password_is_logged(
    here: Park, caplog: pytest.LogCaptureFixture
) -> None:
    link = here.open_wallet(password="a password")
    here.take_down("billing", 1)
    for body in (BODY, BODY.replace("10.00", "11.00"), "{", BODY.replace("t-1", "t-2")):
        here.raw(link, body, password="a password")
    here.raw(link, BODY, password="wrong password")
    here.deliver()
    here.sweep_alone()

    logged = json.dumps([vars(record) for record in caplog.records], default=str)
    logged += json.dumps(here.measured)
    assert "duplicate_conflict" in logged
    for secret in (link.token, link.token.split("_", 2)[2], ACCOUNT, "a password"):
        assert secret not in logged
