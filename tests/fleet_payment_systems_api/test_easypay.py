"""functions/fleet_payment_systems_api/easypay.py: EasyPay at a park's link, and below it."""

from typing import Any, Final

from local.terminals.words import Sent
from tests.fleet_payment_systems_api.street import Street

ARMENIA: Final[dict[str, Any]] = {
    "profile": "armenia",
    "currency": "AMD",
    "credentials": {"sign_secret": "sample-secret", "service_id": "77"},
}


def test_a_payment_is_credited_once_however_often_it_comes(street: Street) -> None:
    street.pays("easypay")


def test_a_wrong_password_is_refused_without_a_word(street: Street) -> None:
    refused = street.stranger("easypay")

    assert (refused.status, refused.text) == (401, "")


def test_the_armenian_rest_pays_below_the_link(street: Street) -> None:
    street.pays("easypay", street.wallet("easypay", **ARMENIA))


def test_the_armenian_rest_answers_a_ping(street: Street) -> None:
    facts = street.wallet("easypay", **ARMENIA)

    answer = street.send("easypay", facts["link"], Sent("GET", operation="ping"))

    assert answer == (200, '{"Status":"OK"}')


def test_a_stranger_to_the_armenian_rest_is_a_401(street: Street) -> None:
    facts = {**street.wallet("easypay", **ARMENIA), "sign_secret": "guess"}
    terminal = street.terminal("easypay", facts)

    assert terminal.pay(street.payment(terminal)).status == 401


def test_a_revoked_link_is_closed_below_too(street: Street) -> None:
    facts = street.wallet("easypay", **ARMENIA)
    street.revoke(facts["wallet_id"])
    terminal = street.terminal("easypay", facts)

    assert terminal.pay(street.payment(terminal)).status == 401
    assert street.send("easypay", facts["link"], Sent("GET", operation="ping"))[0] == 401
