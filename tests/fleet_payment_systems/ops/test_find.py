"""By hand, find: wallets and transactions of parks by whatever somebody has of them."""

from tests.fleet_payment_systems.desk import event_of
from tests.support.intrinsics import Json
from tests.support.park import DRIVER, Park
from tests.support.wallets import PARK


def find(here: Park, text: str) -> list[Json]:
    answer: Json = here.town.run("fleet_payment_systems", "ops.find", {"id": text})
    found: list[Json] = answer["found"]
    return found


def test_everything_about_a_payment_is_found_by_its_ids(here: Park) -> None:
    link = here.open_wallet()
    tx_id = here.pay(link, "t-1")["tx_id"]

    (task_id,) = here.tasks()
    (credit,) = find(here, task_id)
    here.deliver()

    for text in (f"{PARK}#plain#t-1", f"{PARK}#{tx_id}", f"{PARK}#{DRIVER}"):
        (found,) = find(here, text)
        assert (found["kind"], found["id"], found["state"]) == ("transaction", tx_id, "processed")
        assert (found["txn"], found["amount"], found["driver_id"]) == ("t-1", "10.00", DRIVER)
    (journal,) = find(here, tx_id)
    assert next(line.split()[1] for line in journal["events"]) == "accepted"
    assert credit["kind"] == "task"


def test_wallet_is_found_by_its_id_and_its_park(here: Park) -> None:
    link = here.open_wallet(password="s3cr3t-of-terminal")

    (one,) = find(here, link.wallet_id)

    assert (one["kind"], one["system"], one["links"]) == (
        *("wallet", "plain"),
        {link.link_id: "active"},
    )
    assert link.wallet_id in [each["id"] for each in find(here, PARK)]
    assert link.token.split("_", 2)[2] not in str(one)


def test_unknown_id_is_no_error(here: Park) -> None:
    sample = event_of("find")

    assert here.town.run("fleet_payment_systems", "ops.find", sample)["found"] == []
