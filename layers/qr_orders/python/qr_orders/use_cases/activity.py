"""Orders whose tills have fallen silent (QO-41, QI-04, decision 9)."""

import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, Self

from qr_orders.model import Order
from shared.clock import Clock
from shared.errors import InvalidRequest

_CURSOR: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,14})/([A-Za-z0-9._:-]{1,64})", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A place in the index unpaid_by_poll; `silent_at` in ms."""

    shard: int
    silent_at: int
    order_id: str

    def cursor(self) -> str:
        text = f"{self.shard}/{self.silent_at}/{self.order_id}"
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, cursor: str) -> Self:
        """Back from cursor(). Raises InvalidRequest cursor_invalid."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            found = _CURSOR.fullmatch(b64decode(padded, altchars=b"-_", validate=True).decode())
        except ValueError:
            found = None
        if found is None:
            raise InvalidRequest("cursor_invalid")
        return cls(int(found[1]), int(found[2]), found[3])


class Watched(Protocol):
    """Unpaid orders by the moment at which silence may expire them."""

    def due(self, by: datetime, after: Place | None, most: int) -> Sequence[Place]:
        """Candidates in the order of their places; fewer than `most` when there are no more."""
        ...

    def orders(self, order_ids: Sequence[str]) -> Mapping[str, Order]:
        """As they are now, by id."""
        ...


@dataclass(frozen=True, slots=True)
class Silent:
    """One page; `cursor` is None on the last."""

    orders: Sequence[Order]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Activity:
    watched: Watched
    clock: Clock

    def inactive(self, polled_before: datetime, limit: int, cursor: str | None) -> Silent:
        """Orders last seen before that, and for longer than their partner's own time-out.

        A page may hold fewer than `limit`, even none, and still have a next one. The answer is a
        hint: whoever expires an order decides again, by its row.
        """
        after = Place.parse(cursor) if cursor else None
        now = self.clock.now()
        places = self.watched.due(now, after, limit)
        found = self.watched.orders([place.order_id for place in places])
        orders = [found[place.order_id] for place in places if place.order_id in found]
        silent = [order for order in orders if order.is_silent(now)]
        return Silent(
            orders=[order for order in silent if order.seen_at < polled_before],
            cursor=places[-1].cursor() if len(places) == limit else None,
        )
