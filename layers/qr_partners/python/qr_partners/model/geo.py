"""Distances and boxes on the globe, which has poles and a 180th meridian (QP-03, QP-07)."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final

from qr_partners.model import Point

EARTH_RADIUS_M: Final = 6_371_008.8
_TURN: Final = 360_000_000


def haversine_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two places given in degrees of latitude and longitude."""
    lat, lon = map(radians, one)
    other_lat, other_lon = map(radians, other)
    square = (
        sin((other_lat - lat) / 2) ** 2
        + cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * asin(min(1, sqrt(square)))


def distance_m(one: Point, other: Point) -> float:
    return haversine_m(one.degrees, other.degrees)


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a map, in microdegrees; `west` > `east` when it lies across the 180th meridian."""

    west: int
    south: int
    east: int
    north: int

    def holds(self, point: Point) -> bool:
        inside = (point.lon_microdeg - self.west) % _TURN <= self.width
        return inside and self.south <= point.lat_microdeg <= self.north

    @property
    def width(self) -> int:
        turns = self.east - self.west
        return turns if turns >= 0 else turns + _TURN

    @property
    def centre(self) -> Point:
        lon = self.west + self.width // 2
        return Point((self.south + self.north) // 2, lon - _TURN if lon > _TURN // 2 else lon)

    @property
    def radius_m(self) -> float:
        """Of a circle around `centre` that holds the box: its corners are farthest from there."""
        corners = [Point(lat, self.east) for lat in (self.south, self.north)]
        corners += [Point(lat, self.west) for lat in (self.south, self.north)]
        return max(distance_m(self.centre, corner) for corner in corners) + 1
