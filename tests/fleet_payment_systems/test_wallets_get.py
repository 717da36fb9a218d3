"""functions/fleet_payment_systems/wallets_get.py: one wallet, nothing of its secrets."""

from tests.fleet_payment_systems.desk import Desk, kept_link, token


def test_a_wallet_is_shown_as_it_was_made(desk: Desk) -> None:
    made = desk.wallet()
    assert desk.get(made["wallet_id"]) == made


def test_of_a_link_only_its_beginning_is_shown(desk: Desk) -> None:
    wallet = desk.wallet()
    issued = desk.link(wallet)
    kept = kept_link(wallet["wallet_id"])

    found = desk.get(wallet["wallet_id"])

    assert found["link"] == issued["link"]
    assert found["link"].keys() == {"link_id", "prefix", "created_at"}
    assert token(issued) not in str(found)
    assert kept["digest"] not in str(found)


def test_an_unknown_wallet_is_a_404(desk: Desk) -> None:
    for wallet_id in ("01KBGT5R00DEMO00000000000A", "x", "%00", "w_1", "0" * 26):
        status, body = desk.call("wallets_get", wallet_id=wallet_id)
        assert (status, body["code"]) == (404, "wallet_not_found")
