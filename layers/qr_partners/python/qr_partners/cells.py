"""H3 cells of one resolution: the key under which restaurants are found by place (QP-03).

h3 costs 45 ms of a cold start, so it is imported where a cell is needed: the authorizer needs none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from qr_partners.model import Point
from qr_partners.model.geo import haversine_m

# 250 km² a cell: a circle of 20 km touches at most 18 of them, one of 3 km at most 5.
RESOLUTION: Final = 5
# Rounding of the library and of ours.
_SLACK_M: Final = 1


@dataclass(frozen=True, slots=True)
class Ring:
    """Cells to look into; then everything nearer than `sure_m` has been seen."""

    cells: Sequence[str]
    sure_m: float


def cell_of(point: Point) -> str:
    import h3

    return str(h3.latlng_to_cell(*point.degrees, RESOLUTION))


def rings(point: Point, radius_m: float) -> Iterator[Ring]:
    """The cells that a circle touches, from its middle outwards.

    Whoever leaves the rings read so far has to cross the next one, so nothing unseen is nearer
    than its nearest cell. That holds around the twelve pentagons and the poles too, where rings
    have fewer cells.
    """
    ahead = _bounds(point, 0)
    number = 0
    while min(ahead.values()) <= radius_m:
        number += 1
        ring, ahead = ahead, _bounds(point, number)
        touched = [cell for cell, bound in ring.items() if bound <= radius_m]
        yield Ring(touched, min(ahead.values()))


def _bounds(point: Point, number: int) -> dict[str, float]:
    """Of each cell of one ring a distance in metres that is none of its points is below."""
    import h3

    ring = h3.grid_ring(h3.latlng_to_cell(*point.degrees, RESOLUTION), number)
    return {cell: _bound(point.degrees, cell) for cell in ring}


def _bound(place: tuple[float, float], cell: str) -> float:
    import h3

    centre = h3.cell_to_latlng(cell)
    reach = max(haversine_m(centre, corner) for corner in h3.cell_to_boundary(cell))
    return haversine_m(place, centre) - reach - _SLACK_M
