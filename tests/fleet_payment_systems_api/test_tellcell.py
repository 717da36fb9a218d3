"""functions/fleet_payment_systems_api/tellcell.py: TellCell's terminals at a park's link."""

from tests.fleet_payment_systems_api.street import Street


def test_a_payment_is_credited_once_however_often_it_comes(street: Street) -> None:
    street.pays("tellcell")


def test_a_wrong_signature_is_its_code_minus_4(street: Street) -> None:
    refused = street.stranger("tellcell")

    assert (refused.status, refused.code) == (200, "-4")


def test_without_a_secret_the_link_and_the_address_are_the_proof(street: Street) -> None:
    facts = street.wallet("tellcell", credentials={}, ip_allowlist=["203.0.113.0/28"])

    street.pays("tellcell", facts)


def test_a_payment_whose_answer_was_lost_is_found_by_its_number(street: Street) -> None:
    facts = street.wallet("tellcell")
    payment = street.pays("tellcell", facts)

    terminal = street.terminal("tellcell", facts)
    assert terminal.status(payment).number == terminal.pay(payment).number


def test_a_cancelled_payment_is_taken_back_once(street: Street) -> None:
    facts = street.wallet("tellcell")
    payment = street.pays("tellcell", facts)
    terminal = street.terminal("tellcell", facts)

    cancels = [terminal.cancel(payment).code for _ in range(2)]
    street.credit()

    assert cancels == ["0", "0"]
    assert terminal.pay(payment).code == "7"
    assert [amount for _category, amount in street.ledger(payment.account)] == ["150.00", "-150.00"]
