"""Where a pair begins: a new order brought to a point at which two can meet."""

from collections.abc import Callable

from tests.proofs import acts, refunds
from tests.proofs.acts import NUMBER, SILENCE_S, TTL_S
from tests.proofs.refunds import STEAK
from tests.qr_orders.support import hasty
from tests.support.orders import close, open_order, pay, payment_of, refund
from tests.support.town import Town

# A new order's id.
State = Callable[[Town], str]


def hasty_order(place: Town, number: str = NUMBER, **settings: str) -> str:
    """Ten minutes to live, five of silence."""
    partner = hasty(SILENCE_S, **settings)
    return open_order(place, external_order_id=number, expires_in_sec=TTL_S, partner=partner)


def new(place: Town) -> str:
    """Nobody pays yet."""
    return open_order(place, external_order_id=NUMBER)


def holding(place: Town) -> str:
    order_id = new(place)
    pay(place, order_id)
    place.lose_messages()
    place.aws.clock.advance(30)
    return order_id


def held(place: Town) -> str:
    order_id = new(place)
    pay(place, order_id)
    place.settle(rounds=2)
    return order_id


def closed(place: Town) -> str:
    """Nobody knows whether the engine was asked to clear."""
    order_id = held(place)
    close(place, order_id)
    place.lose_messages()
    place.aws.clock.advance(20)
    return order_id


def clearing(place: Town) -> str:
    order_id = closed(place)
    acts.clearer(place, order_id)
    place.lose_messages()
    place.aws.clock.advance(20)
    return order_id


def declined(place: Town) -> str:
    order_id = new(place)
    pay(place, order_id, method="card-insufficient", key="declined")
    place.settle(rounds=3)
    return order_id


def paid(place: Town) -> str:
    return refunds.cleared(place, NUMBER)


def refund_asked(place: Town) -> str:
    order_id = paid(place)
    assert acts.refunding(place, order_id)[0] == 202
    place.lose_messages()
    place.aws.clock.advance(20)
    return order_id


def refund_watched(place: Town) -> str:
    """Both tasks of a refund are due."""
    order_id = refund_asked(place)
    acts.run(place, "transactions_callback", acts.news_of(order_id, 2))
    place.lose_messages()
    return order_id


def refund_sent(place: Town) -> str:
    order_id = refund_asked(place)
    acts.sender(place, order_id)
    place.lose_messages()
    place.aws.clock.advance(20)
    return order_id


def second_refund_sent(place: Town) -> str:
    order_id = refund_asked(place)
    acts.sender(place, order_id)
    place.settle(rounds=3)
    assert refund(place, order_id, "b", 2, items=STEAK)[0] == 202
    acts.sender(place, order_id)
    place.lose_messages()
    place.aws.clock.advance(20)
    return order_id


def overwritten(place: Town) -> str:
    """Somebody else has written the version that our refund is to have."""
    order_id = refund_asked(place)
    refunds.foreign(place, order_id, 2, "600.00")
    return order_id


def at_the_end(place: Town) -> str:
    """Nobody pays, and the time is over for the timer, which may be a second early."""
    return _later(place, hasty_order(place), TTL_S)


def a_moment_before(place: Town) -> str:
    """The timer may be taken already; the guest may still pay."""
    return _later(place, hasty_order(place), TTL_S - 0.001)


def paid_at_the_end(place: Town) -> str:
    order_id = hasty_order(place)
    assert pay(place, order_id)[0] == 200
    place.settle(rounds=2)
    return _later(place, order_id, TTL_S)


def in_payment_at_the_end(place: Town) -> str:
    order_id = hasty_order(place)
    place.aws.clock.advance(TTL_S - 5)
    assert pay(place, order_id)[0] == 200
    return _later(place, order_id, 30)


def silent(place: Town) -> str:
    return _later(place, hasty_order(place), SILENCE_S)


def _later(place: Town, order_id: str, seconds: float) -> str:
    place.lose_messages()
    place.aws.clock.advance(seconds)
    return order_id


def ticketed(place: Town) -> str:
    """The news of the payment are told; a credit may come."""
    order_id = paid(place)
    place.sweep_alone(rounds=4)
    place.hear()
    place.lose_messages()
    assert payment_of(place, order_id) == "cleared"
    return order_id


def credits_due(place: Town) -> str:
    """Two tickets of one payment are taken, and nobody was told of either."""
    order_id = ticketed(place)
    for number in (1, 2):
        acts.run(place, "cashback_notify", acts.ticket_of(order_id, number))
    place.lose_messages()
    place.aws.clock.advance(1)
    return order_id
