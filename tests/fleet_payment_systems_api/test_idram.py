"""functions/fleet_payment_systems_api/idram.py: Idram at a park's link."""

from tests.fleet_payment_systems_api.street import Street


def test_a_payment_is_credited_once_however_often_it_comes(street: Street) -> None:
    street.pays("idram")


def test_a_wrong_checksum_is_its_code_minus_4(street: Street) -> None:
    refused = street.stranger("idram")

    assert (refused.status, refused.code) == (200, "-4")


def test_the_merchant_interface_pays_to_a_code_that_the_park_prints(street: Street) -> None:
    facts = street.wallet("idram", profile="merchant_edp")
    street.pays("idram", facts)

    bodies = {reply["body"] for reply in street.replies[-4:]}
    assert bodies == {"OK"}


def test_a_driver_may_be_paid_twice_under_two_numbers(street: Street) -> None:
    facts = street.wallet("idram", profile="merchant_edp")
    terminal = street.terminal("idram", facts)
    first = street.payment(terminal)
    second = terminal.payment(first.account, first.amount)

    assert terminal.pay(first).ok
    assert terminal.pay(second).ok
    street.credit()
    assert street.ledger(first.account) == [("topup", "150.00")] * 2
