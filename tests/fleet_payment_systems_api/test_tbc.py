"""functions/fleet_payment_systems_api/tbc.py: TBC Pay at a park's link."""

from tests.fleet_payment_systems_api.street import Street


def test_a_payment_is_credited_once_however_often_it_comes(street: Street) -> None:
    street.pays("tbc")


def test_a_link_that_is_wrong_by_one_letter_is_refused_without_a_word(street: Street) -> None:
    refused = street.stranger("tbc")

    assert (refused.status, refused.text) == (403, "")


def test_a_repeat_is_answered_like_the_first_where_the_wallet_says_so(street: Street) -> None:
    facts = street.wallet("tbc", credentials={"repeat_code": "0"})

    street.pays("tbc", facts)
