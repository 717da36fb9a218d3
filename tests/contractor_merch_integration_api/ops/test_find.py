"""By hand, find: purchases and clients of cash desks by whatever somebody has of them."""

import json

from tests.support.checkout import SERVICE, Checkout
from tests.support.intrinsics import ROOT, Json

TRN = 900001


def find(here: Checkout, text: str) -> list[Json]:
    answer: Json = here.town.run(SERVICE, "ops.find", {"id": text})
    found: list[Json] = answer["found"]
    return found


def test_purchase_is_found_by_both_its_numbers_with_all_that_happened(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.ok.1", "500.00")
    here.take_down(1)
    here.desk.refund(TRN, "R1", "200.00")
    ya_transaction_id = here.purchase(TRN)["ya_transaction_id"]

    (by_theirs,) = find(here, f"mobi#{TRN}")
    (by_ours,) = find(here, ya_transaction_id)

    assert by_theirs == by_ours
    assert (by_ours["kind"], by_ours["id"]) == ("purchase", ya_transaction_id)
    assert (by_ours["state"], by_ours["amount"], by_ours["reserved"]) == (
        "PAID",
        "500.00",
        "200.00",
    )
    assert by_ours["refunds"]["R1"]["state"] == "PROCESSING"
    assert [line.split()[1] for line in by_ours["events"]] == ["authorized", "paid", "refund_begun"]
    assert list(by_ours["tasks"]) == here.tasks()


def test_task_is_found_by_its_id(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00")
    (task_id,) = here.tasks()

    (found,) = find(here, task_id)

    assert (found["kind"], found["id"], found["parked"]) == ("task", task_id, False)


def test_reversal_before_its_purchase_is_found(here: Checkout) -> None:
    here.desk.reverse(TRN)

    (found,) = find(here, f"mobi#{TRN}")

    assert (found["kind"], found["id"]) == ("reversal", f"mobi#{TRN}")


def test_client_is_found_without_its_secret(here: Checkout) -> None:
    facts = here.desk.facts

    (found,) = find(here, facts["client_id"])

    (client,) = [row for row in here.rows("clients") if row["client_id"] == facts["client_id"]]
    (key,) = client["keys"]
    assert (found["kind"], found["enabled"]) == ("client", True)
    assert found["keys"] == {key["M"]["key_id"]["S"]: ""}
    assert key["M"]["sealed"]["S"] not in str(found)
    assert facts["secret"] not in str(found)


def test_driver_cannot_be_told_from_what_is_found(here: Checkout) -> None:
    """While the payment is unknown its QR code is kept, and good for another purchase."""
    here.take_down(1)
    here.desk.authorize(TRN, "YM1.ok.secret", "500.00")

    assert "YM1.ok.secret" not in str(find(here, f"mobi#{TRN}"))


def test_unknown_id_is_no_error(here: Checkout) -> None:
    sample = json.loads((ROOT / f"events/{SERVICE}/find.json").read_text("utf-8"))

    assert here.town.run(SERVICE, "ops.find", sample)["found"] == []
