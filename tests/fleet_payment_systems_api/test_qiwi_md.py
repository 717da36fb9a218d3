"""functions/fleet_payment_systems_api/qiwi_md.py: QIWI Moldova at a park's link."""

from tests.fleet_payment_systems_api.street import Street


def test_a_payment_is_credited_once_however_often_it_comes(street: Street) -> None:
    street.pays("qiwi_md")


def test_a_link_that_is_wrong_by_one_letter_is_refused_without_a_word(street: Street) -> None:
    refused = street.stranger("qiwi_md")

    assert (refused.status, refused.text) == (403, "")


def test_the_answer_names_the_currency(street: Street) -> None:
    terminal = street.terminal("qiwi_md", street.wallet("qiwi_md"))

    assert "<ccy>MDL</ccy>" in terminal.pay(street.payment(terminal)).text
