"""Restaurants anywhere on the globe, in memory, for proofs over many of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from math import asin, atan2, cos, degrees, pi, radians, sin
from typing import Final

from qr_partners.cells import cell_of
from qr_partners.model import NO_OVERRIDES, Group, Partner, Point
from qr_partners.model.geo import EARTH_RADIUS_M
from qr_partners.model.places import Spot
from tests.qr_partners.samples import PROFILE, TERMS
from tests.support.clock import FakeClock

CLOCK: Final = FakeClock()
GROUP: Final = Group("g_1", "Пример", TERMS, CLOCK.now(), CLOCK.now())


def point(lat: float, lon: float) -> Point:
    return Point(round(lat * 1_000_000), round(lon * 1_000_000))


def away(start: Point, bearing_deg: float, metres: float) -> Point:
    """The place `metres` from `start` in that direction, over a pole if need be."""
    lat, lon = map(radians, start.degrees)
    bearing, angle = radians(bearing_deg), metres / EARTH_RADIUS_M
    there = asin(max(-1, min(1, sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(bearing))))
    turn = atan2(sin(bearing) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sin(there))
    return point(degrees(there), degrees((lon + turn + pi) % (2 * pi) - pi))


class Globe:
    """Serves ports.PlaceStore and counts what it is asked; disabled are those in `closed`."""

    def __init__(self, points: Iterable[Point], closed: Iterable[int] = ()) -> None:
        self.points = {f"p_{number}": place for number, place in enumerate(points)}
        self.closed = {f"p_{number}" for number in closed}
        self.queries = 0
        self.read = 0
        self._cells: dict[str, list[Spot]] = defaultdict(list)
        for partner_id, place in self.points.items():
            self._cells[cell_of(place)].append(Spot(partner_id, place))

    def in_cell(self, cell: str) -> list[Spot]:
        self.queries += 1
        return self._cells.get(cell, [])

    def some(self, partner_ids: Sequence[str]) -> list[Partner]:
        self.read += len(partner_ids)
        now = CLOCK.now()
        return [
            Partner(
                partner_id,
                GROUP.group_id,
                replace(PROFILE, point=self.points[partner_id]),
                NO_OVERRIDES,
                now,
                now,
                enabled=partner_id not in self.closed,
            )
            for partner_id in partner_ids
        ]

    def groups(self, group_ids: Sequence[str]) -> dict[str, Group]:
        return dict.fromkeys(group_ids, GROUP)

    def seen(self, scope_ids: Sequence[str]) -> dict[str, datetime]:
        return {}

    def note(self, scope_ids: Sequence[str], now: datetime) -> None:
        raise AssertionError(scope_ids)

    def mark_of(self, moment: datetime) -> str:
        raise AssertionError(moment)

    def changed(self, after: str, limit: int) -> list[str]:
        raise AssertionError(after)

    def page(self, after: str | None, limit: int) -> tuple[list[Partner], str | None]:
        raise AssertionError(after)
