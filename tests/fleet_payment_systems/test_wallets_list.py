"""functions/fleet_payment_systems/wallets_list.py: the park's wallets and nobody else's."""

from tests.fleet_payment_systems.desk import Desk


def test_a_park_sees_its_wallets_in_the_order_of_their_making(desk: Desk) -> None:
    made = [desk.wallet(title=title) for title in ("One", "Two")]
    desk.other().wallet()

    status, body = desk.call("wallets_list")

    assert status == 200
    assert sorted(one["wallet_id"] for one in made) == [one["wallet_id"] for one in body["wallets"]]


def test_a_park_without_wallets_sees_none(desk: Desk) -> None:
    assert desk.call("wallets_list") == (200, {"wallets": []})


def test_a_deleted_wallet_is_not_listed(desk: Desk) -> None:
    desk.call("wallets_delete", wallet_id=desk.wallet()["wallet_id"])
    assert desk.call("wallets_list") == (200, {"wallets": []})
