"""Scenario 2 of SPEC C.1: a card is declined, another one pays the same order."""

from local import scenes
from local.scenes import Place


def test_a_declined_card_holds_nothing_and_the_next_one_pays(place: Place) -> None:
    order_id = scenes.card_is_declined(place)
    first = place.sandbox("transactions", f"/v1/ledger/{order_id}-1").json()
    assert (first["held"], first["open"]) == ("0.00", "0.00")
    told = place.intents(place.facts["client"]["user_id"], order_id)
    assert told.count("payment_failed") <= 1
