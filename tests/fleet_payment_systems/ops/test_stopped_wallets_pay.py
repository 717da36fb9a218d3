"""What terminals are told while an operator has stopped their park (FP-04, M8)."""

from tests.support.park import Park
from tests.support.wallets import PARK

BY = {"operator": "o.petrova", "reason": "incident 18"}


def test_stopped_wallet_takes_no_payment_and_answers_for_those_it_took(here: Park) -> None:
    link = here.open_wallet()
    first = here.pay(link, "t-1")
    wish = {**BY, "park_id": PARK, "dry_run": False}

    here.town.run("fleet_payment_systems", "ops.stop_wallets", wish)

    assert here.pay(link, "t-2")["result"] == "payment_forbidden"
    assert here.pay(link, "t-1")["tx_id"] == first["tx_id"]
    here.town.run("fleet_payment_systems", "ops.stop_wallets", wish | {"stop": False})
    assert here.pay(link, "t-2")["result"] == "ok"
