"""By hand, find: a purchase by our number and by the aggregator's."""

from tests.support.checkout import SERVICE, Checkout
from tests.support.intrinsics import Json

TRN = 900001


def find(here: Checkout, text: str) -> list[Json]:
    found: list[Json] = here.town.run(SERVICE, "ops.find", {"id": text})["found"]
    return found


def test_purchase_is_found_by_both_numbers(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    ours = here.purchase(TRN)["ya_transaction_id"]

    for text in (f"mobi#{TRN}", ours):
        (found,) = find(here, text)
        assert (found["kind"], found["id"], found["state"]) == ("purchase", ours, "PAID")
        assert (found["amount"], found["trn"]) == ("500.00", str(TRN))
        assert "YM1" not in str(found)


def test_reversal_before_its_purchase_is_found(here: Checkout) -> None:
    here.desk.reverse(TRN)

    (found,) = find(here, f"mobi#{TRN}")

    assert found["kind"] == "reversal"


def test_unknown_id_is_no_error(here: Checkout) -> None:
    assert find(here, "mobi#1") == find(here, "nobody") == []
