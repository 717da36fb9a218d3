"""functions/fleet_payment_systems/systems.py: what each payment system asks of a wallet."""

from fleet_payment_systems.providers.registry import ALL, BILLS
from tests.fleet_payment_systems.desk import Desk


def test_every_system_is_in_the_catalogue(desk: Desk) -> None:
    status, body = desk.call("systems")

    assert status == 200
    codes = [*(one.spec.code for one in ALL), *(one.spec.code for one in BILLS)]
    assert [one["system"] for one in body["systems"]] == codes


def test_a_field_says_how_it_is_to_be_filled(desk: Desk) -> None:
    _status, body = desk.call("systems")
    (paynet,) = [one for one in body["systems"] if one["system"] == "uzpaynet"]
    fields = {field["name"]: field for field in paynet["fields"]}

    assert (paynet["currencies"], paynet["country"]) == (["UZS"], "UZ")
    assert "{url}" in paynet["instructions"]
    assert (fields["password"]["secret"], fields["password"]["required"]) == (True, True)
    assert fields["unknown_code"]["choices"] == ["203", "301", "305"]


def test_what_no_public_document_describes_is_marked(desk: Desk) -> None:
    _status, body = desk.call("systems")
    confirmed = {one["system"]: one["confirmed"] for one in body["systems"]}
    assert (confirmed["uzpaynet"], confirmed["elecsnet"]) == (True, False)
