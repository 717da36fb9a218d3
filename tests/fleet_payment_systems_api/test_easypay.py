"""functions/fleet_payment_systems_api/easypay.py: EasyPay at a park's link, and below it."""

from dataclasses import replace

from local.terminals.words import Sent
from tests.fleet_payment_systems.providers.samples.easypay_ukraine import (
    OURS,
    STRANGER,
    THEIRS,
    private,
    public,
)
from tests.fleet_payment_systems_api.street import WALLETS, Street

BASIC = {"login": "easypay", "password": "sample-secret"}


def test_the_armenian_rest_pays_below_the_link_once_however_often_it_comes(street: Street) -> None:
    street.pays("easypay")


def test_a_stranger_to_the_armenian_rest_is_a_401(street: Street) -> None:
    assert street.stranger("easypay").status == 401


def test_the_armenian_rest_answers_a_ping(street: Street) -> None:
    facts = street.wallet("easypay")

    answer = street.send("easypay", facts["link"], Sent("GET", operation="ping"))

    assert answer == (200, '{"Status":"OK"}')


def test_a_revoked_link_is_closed_below_too(street: Street) -> None:
    facts = street.wallet("easypay")
    street.revoke(facts["wallet_id"])
    terminal = street.terminal("easypay", facts)

    assert terminal.pay(street.payment(terminal)).status == 401
    assert street.send("easypay", facts["link"], Sent("GET", operation="ping"))[0] == 401


def test_parameters_pay_once_however_often_they_come(street: Street) -> None:
    facts = street.wallet("easypay", profile="param_xml", currency="UAH", credentials=BASIC)

    street.pays("easypay", facts)


def test_parameters_with_a_wrong_password_are_refused_without_a_word(street: Street) -> None:
    facts = street.wallet("easypay", profile="param_xml", currency="UAH", credentials=BASIC)
    terminal = street.terminal("easypay", {**facts, "password": "guess"})

    refused = terminal.pay(street.payment(terminal))

    assert (refused.status, refused.text) == (401, "")


def ukrainian(street: Street) -> dict[str, str]:
    keys = {"easypay_key": public(THEIRS), "own_key": private(OURS), "service_id": "2431"}
    facts = street.wallet("easypay", profile="ukraine", currency="UAH", credentials=keys)
    return {**facts, "terminal_key": private(THEIRS)}


def test_a_payment_in_two_phases_is_credited_once_however_often_both_come(street: Street) -> None:
    street.pays("easypay", ukrainian(street))


def test_what_is_registered_and_cancelled_credits_nobody(street: Street) -> None:
    terminal = street.terminal("easypay", ukrainian(street))
    payment = street.payment(terminal)
    first = terminal.speaks.read(*terminal.send(terminal.link, terminal.speaks.pay(payment)))

    assert first.ok
    assert terminal.cancel(replace(payment, txn=first.number)).ok
    street.credit()
    assert terminal.pay(payment).code == "-2"
    assert street.ledger(payment.account) == []


def test_another_key_than_easypays_pays_nobody(street: Street) -> None:
    terminal = street.terminal("easypay", {**ukrainian(street), "terminal_key": private(STRANGER)})
    payment = street.payment(terminal)

    assert terminal.pay(payment).code == "-95"
    street.credit()
    assert street.ledger(payment.account) == []


def test_a_revoked_link_of_a_signed_wallet_is_a_bad_signature(street: Street) -> None:
    facts = ukrainian(street)
    street.revoke(facts["wallet_id"])
    terminal = street.terminal("easypay", facts)

    assert terminal.pay(street.payment(terminal)).code == "-95"


def test_a_key_is_shown_to_nobody(street: Street) -> None:
    facts = ukrainian(street)
    found = street.office("wallets_list", "GET", WALLETS, None)["wallets"]

    shown = next(one for one in found if one["wallet_id"] == facts["wallet_id"])["credentials"]
    assert (shown["own_key"], shown["easypay_key"]) == ("***", facts["easypay_key"])
    kept = str(street.town.rows("fleet_payment_systems-wallets"))
    assert private(OURS).splitlines()[3] not in kept
