"""Cashback that comes twice, late, early or never: credited once, or not at all."""

import pytest

from tests.proofs.cashback_flows import (
    QUEUE,
    check_credited,
    clearing_order,
    credit,
    finish,
    paid_order,
)
from tests.proofs.invariants import check_books, told
from tests.support.orders import get
from tests.support.town import Town


def test_an_event_published_twice_is_one_credit(place: Town) -> None:
    order_id = paid_order(place, "twice")
    (event,) = place.published().values()
    place.hear()
    place.run("sandbox", "subscribers.payments", event)
    place.settle(rounds=2)
    place.sweep_alone(rounds=4)
    check_credited(place, order_id)


@pytest.mark.parametrize("user", ["guest-cashback-dup", "guest-cashback-late"])
def test_a_message_that_comes_twice_or_late_is_one_credit(place: Town, user: str) -> None:
    order_id = paid_order(place, user, user)
    place.hear()
    place.settle(rounds=12, seconds=4)
    place.sweep_alone(rounds=4)
    check_credited(place, order_id)


def test_a_message_that_never_comes_credits_nothing_and_leaves_nothing(place: Town) -> None:
    order_id = paid_order(place, "lost", "guest-cashback-lost")
    finish(place)
    assert get(place, order_id)["cashback"] == "0.00"
    assert told(place, order_id) == ["order_paid"]
    check_books(place, order_id)


def test_a_credit_that_overtakes_the_news_of_its_payment_waits_for_it(place: Town) -> None:
    order_id = clearing_order(place, "overtaken")
    place.lose_messages()
    place.tell(QUEUE, credit(order_id))
    place.deliver()
    assert get(place, order_id)["cashback"] == "0.00"
    finish(place)
    check_credited(place, order_id)
