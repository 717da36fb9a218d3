"""Scenario 7 of SPEC C.1: money that is held after the order's time goes back.

In one process on a clock of its own: an order in payment is looked at ten minutes after its end.
"""

from tests.proofs.invariants import ledger, told
from tests.support.intrinsics import Json
from tests.support.street import Street
from tests.support.town import town

TTL_S = 60


def expiring(street: Street) -> Json:
    """An order that a slow card pays: it is held five seconds after the order's end."""
    street.partner = street.open_restaurant()
    code, order = street.open_order(expires_in_sec=TTL_S)
    assert code == 200, order
    method = {"type": "card", "id": "card-slow-65"}
    assert street.pay(order, payment_method=method)[0] == 200
    return order


def test_a_hold_that_comes_after_expiry_is_voided() -> None:
    with town() as place:
        street = Street(place)
        order = expiring(street)
        place.settle(rounds=8, seconds=8)
        assert street.status(order["id"]) == "PAYMENT_IN_PROGRESS"
        place.settle(rounds=4, seconds=10)
        assert street.status(order["id"]) == "PAID"

        place.sweep_alone(rounds=3, seconds=620)

        books = ledger(place, f"{order['id']}-1")
        assert (books["voided"], books["cleared"]) == (books["held"], 0)
        assert books["held"] == 154000
        assert told(place, order["id"]) == ["order_cancelled"]
        assert street.set_status(order["id"], "CLOSED")[0] == 409


def test_a_hold_that_comes_after_the_tills_cancel_is_voided() -> None:
    with town() as place:
        street = Street(place)
        order = expiring(street)
        assert street.set_status(order["id"], "CANCELLED")[0] == 200
        place.settle(rounds=12, seconds=10)
        place.sweep_alone(rounds=3)
        books = ledger(place, f"{order['id']}-1")
        assert (books["voided"], books["held"]) == (154000, 154000)
        assert street.status(order["id"]) == "CANCELLED"
