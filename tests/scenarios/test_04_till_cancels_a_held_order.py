"""Scenario 4 of SPEC C.1: the till cancels after the hold, the money goes back."""

import pytest

from local import scenes
from local.actors import Unexpected
from local.scenes import Place


def test_a_cancelled_hold_goes_back_and_cannot_be_closed(place: Place) -> None:
    seen = place.open("S-04")
    order, order_id = seen["order"], str(seen["order"]["id"])
    place.guest.pay(order, scenes.methods(seen)["card-ok"], key=f"pay-{order_id}")
    place.wait_for_till(order_id, "PAID")
    scenes.order_is_cancelled(place, order_id)
    with pytest.raises(Unexpected) as refusal:
        place.till.close(order_id)
    assert (refusal.value.status, refusal.value.code) == (409, "invalid_transition")
    assert place.till.status(order_id) == "CANCELLED"
