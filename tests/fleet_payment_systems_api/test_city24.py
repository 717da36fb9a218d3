"""functions/fleet_payment_systems_api/city24.py: City24, and 24NonStop, at a park's link."""

from tests.fleet_payment_systems_api.street import Street


def test_a_payment_is_credited_once_however_often_it_comes(street: Street) -> None:
    street.pays("city24")


def test_a_wrong_password_is_its_code_7(street: Street) -> None:
    refused = street.stranger("city24")

    assert (refused.status, refused.code) == (200, "7")


def test_the_park_withholds_its_commission(street: Street) -> None:
    payment = street.pays("city24")

    assert ("topup_commission", "-2.25") in street.ledger(payment.account)


def test_status_is_that_of_the_payment(street: Street) -> None:
    facts = street.wallet("city24")
    payment = street.pays("city24", facts)

    assert street.terminal("city24", facts).status(payment).ok


def test_24nonstop_pays_by_a_signed_query(street: Street) -> None:
    credentials = {"sign_secret": "sample-secret", "service_id": "taxi"}
    facts = street.wallet("city24", profile="nonstop24", credentials=credentials)
    payment = street.pays("city24", facts)

    assert street.terminal("city24", facts).status(payment).code == "11"
