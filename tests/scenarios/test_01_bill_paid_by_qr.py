"""Scenario 1 of SPEC C.1: create, scan, pay, close, clear, Eda's document, a receipt to read."""

from local import scenes
from local.scenes import Place


def test_a_bill_is_paid_closed_cleared_and_has_its_receipt_in_the_history(place: Place) -> None:
    order_id = scenes.bill_is_paid(place)
    scenes.order_is_closed(place, order_id)
    scenes.receipt_is_given(place, order_id)
    scenes.history_is_shown(place, [order_id])
