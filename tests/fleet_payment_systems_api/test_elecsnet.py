"""functions/fleet_payment_systems_api/elecsnet.py: Elecsnet's terminals at a park's link."""

import pytest

from tests.fleet_payment_systems_api.street import Street


def test_a_payment_is_credited_once_however_often_it_comes(street: Street) -> None:
    street.pays("elecsnet")


def test_a_wrong_signature_is_refused_without_a_word(street: Street) -> None:
    refused = street.stranger("elecsnet")

    assert (refused.status, refused.text) == (403, "")


@pytest.mark.parametrize("rule", ["md5", "sha1", "sha256"])
def test_roubles_are_roubles_under_every_rule_of_the_signature(street: Street, rule: str) -> None:
    credentials = {
        "sign_secret": "sample-secret",
        "sign_rule": rule,
        "sign_fields": "type,reqid,amount,auth_code",
        "amount_unit": "major",
    }

    street.pays("elecsnet", street.wallet("elecsnet", credentials=credentials))
