"""Scenario 5 of SPEC C.1: two partial refunds, documents /2 and /3, a refund's PDF for each."""

from local import refund_scene, scenes
from local.scenes import Place


def test_two_partial_refunds_give_two_documents_and_two_receipts(place: Place) -> None:
    seen = place.open("S-05")
    order, order_id = seen["order"], str(seen["order"]["id"])
    place.guest.pay(order, scenes.methods(seen)["card-ok"], key=f"pay-{order_id}")
    place.wait_for_till(order_id, "PAID")
    place.till.close(order_id)
    place.wait_for_payment(order_id, "cleared")

    refund_scene.money_is_refunded(place, order_id)

    sums = [document(place, order_id, version) for version in (1, 2, 3)]
    assert sums == [154000, 39000, 10000]


def document(place: Place, order_id: str, version: int) -> object:
    """The sum of Eda's receipt, kopecks."""
    path = f"/v1/invoices/{order_id}-1/documents/{version}/receipt"
    return place.sandbox("eda", path).json()["totalSum"]
