"""Restaurants as a map shows them (QP-03, QP-07, QP-14)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qr_partners.model import Point, Restaurant

# A till that polls is noted at most every 5 minutes; three notes missed, and it is away.
ONLINE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Spot:
    """What an index of cells knows of a restaurant."""

    partner_id: str
    point: Point


@dataclass(frozen=True, slots=True)
class Place:
    """A restaurant at one moment. `pos_online`: a key that covers it has been used lately."""

    restaurant: Restaurant
    open: bool
    pos_online: bool


@dataclass(frozen=True, slots=True)
class Near:
    """What is looked for around a point; None does not filter."""

    point: Point
    radius_m: int
    limit: int
    open: bool | None = None
    pos_online: bool | None = None
    group_id: str | None = None

    def fits(self, place: Place) -> bool:
        restaurant = place.restaurant
        return (
            restaurant.enabled
            and self.open in (None, place.open)
            and self.pos_online in (None, place.pos_online)
            and self.group_id in (None, restaurant.group.group_id)
        )


@dataclass(frozen=True, slots=True)
class Neighbour:
    place: Place
    distance_m: float


@dataclass(frozen=True, slots=True)
class Step:
    """Where a walk through the changes stands: when it began, and the last mark it has read."""

    began: datetime
    mark: str
