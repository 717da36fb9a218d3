"""functions/fleet_payment_systems_api/easypay.py: EasyPay at a park's link, and below it."""

from local.terminals.words import Sent
from tests.fleet_payment_systems_api.street import Street

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
