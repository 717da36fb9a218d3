"""functions/fleet_payment_systems_api/uzpaynet.py: Paynet at a park's link, SOAP and JSON-RPC."""

from dataclasses import replace

from local.terminals.words import Sent
from tests.fleet_payment_systems_api.street import Street


def test_a_payment_is_credited_once_however_often_it_comes(street: Street) -> None:
    street.pays("uzpaynet")


def test_a_wrong_password_is_its_code_412(street: Street) -> None:
    refused = street.stranger("uzpaynet")

    assert (refused.status, refused.code) == (200, "412")


def test_the_json_rpc_generation_pays_as_well(street: Street) -> None:
    street.pays("uzpaynet", street.wallet("uzpaynet", profile="json_rpc"))


def test_a_cancelled_payment_is_paid_back_and_its_state_says_so(street: Street) -> None:
    facts = street.wallet("uzpaynet")
    payment = street.pays("uzpaynet", facts)
    terminal = street.terminal("uzpaynet", facts)

    assert terminal.cancel(payment).ok
    street.credit()
    assert "<transactionState>2</transactionState>" in terminal.status(payment).text
    assert ("reversal", "-150.00") in street.ledger(payment.account)


def test_the_new_password_holds_and_the_old_one_does_not(street: Street) -> None:
    facts = street.wallet("uzpaynet")
    terminal = street.terminal("uzpaynet", facts)
    asked = terminal.speaks.status(street.payment(terminal))
    body = asked.body.replace(b"CheckTransaction", b"ChangePassword")
    start, end = body.index(b"<transactionId>"), body.index(b"</transactionId>")
    body = body[:start] + b"<newPassword>brand-new-77</newPassword>" + body[end + 16 :]

    status, text = street.send("uzpaynet", facts["link"], replace(asked, body=body))

    assert (status, "<status>0</status>" in text) == (200, True)
    assert terminal.check(street.payment(terminal)).code == "412"
    street.pays("uzpaynet", {**facts, "password": "brand-new-77"})


def test_the_link_shows_the_wsdl(street: Street) -> None:
    facts = street.wallet("uzpaynet")

    status, text = street.send("uzpaynet", facts["link"], Sent("GET", "wsdl"))

    assert (status, "PerformTransaction" in text) == (200, True)
