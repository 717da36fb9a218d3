"""Scenario 3 of SPEC C.1: two phones race for one bill, and one of them pays."""

from local import scenes
from local.scenes import Place


def test_of_two_phones_one_pays_and_the_other_is_told(place: Place) -> None:
    order_id = scenes.two_guests_pay_at_once(place)
    second = place.sandbox("transactions", f"/v1/ledger/{order_id}-2")
    assert second.status_code == 404
    seen = [guest.orders() for guest in (place.guest, place.friend)]
    assert str(seen).count(order_id) == 1
