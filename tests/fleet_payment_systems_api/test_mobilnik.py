"""functions/fleet_payment_systems_api/mobilnik.py: Mobilnik's terminals at a park's link."""

from tests.fleet_payment_systems_api.street import Street


def test_a_payment_is_credited_once_however_often_it_comes(street: Street) -> None:
    street.pays("mobilnik")


def test_a_link_that_is_wrong_by_one_letter_is_refused_without_a_word(street: Street) -> None:
    refused = street.stranger("mobilnik")

    assert (refused.status, refused.text) == (403, "")


def test_a_payment_that_waits_is_cancelled_and_never_credited(street: Street) -> None:
    terminal = street.terminal("mobilnik", street.wallet("mobilnik"))
    payment = street.payment(terminal)
    terminal.pay(payment)

    assert terminal.cancel(payment).ok
    street.credit()
    assert street.ledger(payment.account) == []


def test_a_credited_payment_is_taken_back(street: Street) -> None:
    facts = street.wallet("mobilnik")
    payment = street.pays("mobilnik", facts)

    assert street.terminal("mobilnik", facts).cancel(payment).ok
    street.credit()
    assert street.ledger(payment.account) == [("topup", "150.00"), ("reversal", "-150.00")]
