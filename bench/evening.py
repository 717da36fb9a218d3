"""A seeded evening: 10,000 restaurants, their orders, and when a till asks for which of them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

SEED: Final = 20261120
RESTAURANTS: Final = 10_000
ORDERS_AN_HOUR: Final = 12
WATCHED_MS: Final = 600_000
# What next_poll_after_ms says while nobody pays.
HINT_MS: Final = 3000
WARM_UP_S: Final = 60
WINDOW_S: Final = 120
# The hash of an order id, as a place on the ring that partitions divide; 32 can be merged to 4.
SLICES: Final = 32
_END_MS: Final = (WARM_UP_S + WINDOW_S) * 1000


@dataclass(frozen=True, slots=True)
class Order:
    """Moments in milliseconds: watched from opening to closing, paid somewhere between."""

    slice: int
    opened: int
    paying: int
    paid: int
    closed: int


@dataclass(frozen=True, slots=True)
class Poll:
    """One request of a till: what it asks for, and the moment."""

    at: int
    orders: Sequence[Order]


def restaurants() -> Iterator[tuple[int, list[Order]]]:
    """When a till first asks, and the orders that it watches, as they are opened."""
    chance = random.Random(SEED)
    for _ in range(RESTAURANTS):
        phase, opened, orders = chance.randrange(HINT_MS), float(-WATCHED_MS), []
        while True:
            opened += chance.expovariate(ORDERS_AN_HOUR / 3_600_000)
            if opened >= _END_MS:
                break
            orders.append(_order(chance, int(opened)))
        yield phase, orders


def _order(chance: random.Random, opened: int) -> Order:
    paying = opened + chance.randrange(300_000, 540_000)
    paid = paying + chance.randrange(5_000, 30_000)
    return Order(chance.randrange(SLICES), opened, paying, paid, opened + WATCHED_MS)


def old_polls(phase: int, orders: Sequence[Order]) -> Iterator[Poll]:
    """Each order by a request of its own, each second."""
    for order in orders:
        first = max(order.opened, 0) + phase % 1000
        for at in range(first, min(order.closed, _END_MS), 1000):
            yield Poll(at, (order,))


def batch_polls(phase: int, orders: Sequence[Order], hinted: bool) -> Iterator[Poll]:
    """All open orders in one request: each second, or when the last answer said."""
    at = phase
    while at < _END_MS:
        watched = [order for order in orders if order.opened <= at < order.closed]
        if watched:
            yield Poll(at, watched)
        paying = any(order.paying <= at < order.paid for order in watched)
        # next_poll_after_ms of an answer; with nothing to watch the till looks for new orders.
        at += HINT_MS if hinted and watched and not paying else 1000
