"""functions/fleet_payment_systems_api/qiwi_qvp.py: QIWI's terminals at a park's link."""

from tests.fleet_payment_systems_api.street import Street


def test_a_payment_is_credited_once_however_often_it_comes(street: Street) -> None:
    street.pays("qiwi_qvp")


def test_a_wrong_login_is_asked_for_a_better_one(street: Street) -> None:
    refused = street.stranger("qiwi_qvp")

    assert (refused.status, refused.text) == (401, "")
    assert "WWW-Authenticate" in street.replies[-1]["headers"]
