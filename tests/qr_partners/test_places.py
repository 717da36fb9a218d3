"""Nearest restaurants and boxes against brute force, all over the globe (QP-03, QP-07, C.1 18)."""

import h3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qr_partners.cells import RESOLUTION, rings
from qr_partners.model import Point
from qr_partners.model.geo import Box, distance_m
from qr_partners.model.places import Near
from qr_partners.use_cases.places import BOX_RADIUS_MAX_M, Places
from shared.errors import Refused
from tests.qr_partners.globe import CLOCK, Globe, away, point

PENTAGONS = [point(*h3.cell_to_latlng(cell)) for cell in sorted(h3.get_pentagons(RESOLUTION))]
CORNERS = [
    point(*corner)
    for place in ((55.75, 37.62), (-16.8, 179.99), (89.9, 10.0))
    for corner in h3.cell_to_boundary(h3.latlng_to_cell(*place, RESOLUTION))
]
ODD = [
    *(point(90, 0), point(-90, 0), point(90, 180), point(89.999, -179.5), point(-89.95, 77)),
    *(point(0, 180), point(0, -180), point(65.1, 179.9999), point(-16.8, -179.9999)),
    *PENTAGONS,
    *CORNERS,
]
CENTRES = st.sampled_from(ODD) | st.builds(
    Point, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000)
)
OFFSETS = st.lists(st.tuples(st.floats(0, 360), st.floats(0, 40_000)), min_size=1, max_size=40)


def nearest(globe: Globe, wanted: Near) -> list[float]:
    """Distances by looking at every restaurant."""
    found = (
        distance_m(wanted.point, place)
        for partner_id, place in globe.points.items()
        if partner_id not in globe.closed
    )
    return sorted(away_m for away_m in found if away_m <= wanted.radius_m)[: wanted.limit]


@settings(max_examples=150, deadline=None)
@given(CENTRES, OFFSETS, st.integers(1, 20_000), st.integers(1, 50), st.sets(st.integers(0, 39)))
@example(point(90, 0), [(float(turn), 9_000.0) for turn in range(0, 360, 9)], 20_000, 30, {3})
@example(point(0, 180), [(float(turn), 9_000.0) for turn in range(0, 360, 9)], 20_000, 30, set())
def test_the_nearest_are_those_that_brute_force_finds(
    centre: Point, offsets: list[tuple[float, float]], radius_m: int, limit: int, closed: set[int]
) -> None:
    globe = Globe([away(centre, *offset) for offset in offsets], closed)
    wanted = Near(centre, radius_m, limit)

    found = Places(globe, CLOCK).near(wanted)

    assert [each.distance_m for each in found] == nearest(globe, wanted)
    assert all(each.place.restaurant.enabled for each in found)


@pytest.mark.parametrize("side", [1, -1])
def test_a_neighbour_across_the_180th_meridian_is_near(side: int) -> None:
    globe = Globe([point(0, -179.999 * side), point(0, 179.99 * side), point(0, 0)])

    found = Places(globe, CLOCK).near(Near(point(0, 179.999 * side), 20_000, 10))

    partners = [each.place.restaurant.partner.partner_id for each in found]
    assert partners == ["p_0", "p_1"]
    assert [round(each.distance_m) for each in found] == [222, 1001]


@pytest.mark.parametrize(("radius_m", "queries"), [(3_000, 5), (20_000, 18)])
def test_the_number_of_queries_is_bounded(radius_m: int, queries: int) -> None:
    grid = [point(lat, lon) for lat in range(-90, 91, 6) for lon in range(-180, 181, 12)]
    used = [sum(len(ring.cells) for ring in rings(centre, radius_m)) for centre in [*ODD, *grid]]
    assert max(used) <= queries


def test_a_search_ends_when_enough_are_surely_found() -> None:
    middle = point(*h3.cell_to_latlng(h3.latlng_to_cell(55.75, 37.62, RESOLUTION)))
    globe = Globe([away(middle, turn, 500) for turn in range(0, 360, 2)])

    found = Places(globe, CLOCK).near(Near(middle, 20_000, 20))

    assert (len(found), globe.queries, globe.read) == (20, 1, 20)


@settings(max_examples=100, deadline=None)
@given(CENTRES, OFFSETS, st.integers(1, 300_000), st.integers(1, 300_000))
def test_a_box_holds_what_brute_force_finds(
    centre: Point, offsets: list[tuple[float, float]], height: int, width: int
) -> None:
    south = max(-90_000_000, centre.lat_microdeg - height)
    north = min(90_000_000, centre.lat_microdeg + height)
    turn = 360_000_000
    west, east = (
        (centre.lon_microdeg + side + turn // 2) % turn - turn // 2 for side in (-width, width)
    )
    box = Box(west, south, east, north)
    globe = Globe([away(centre, *offset) for offset in offsets])

    found, more = Places(globe, CLOCK).within(box, "")

    inside = {
        partner_id
        for partner_id, place in globe.points.items()
        if south <= place.lat_microdeg <= north
        and (
            west <= place.lon_microdeg <= east
            if west <= east
            else not east < place.lon_microdeg < west
        )
    }
    assert {place.restaurant.partner.partner_id for place in found} == inside
    assert more is None


def test_a_box_that_is_too_big_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        Places(Globe([]), CLOCK).within(Box(30_000_000, 50_000_000, 40_000_000, 60_000_000), "")
    assert refusal.value.details == {"radius_max_m": BOX_RADIUS_MAX_M}


def test_pages_of_a_box_lead_through_all_of_it() -> None:
    globe = Globe([point(55.7 + number / 10_000, 37.6) for number in range(250)])
    box, after, seen = Box(37_000_000, 55_600_000, 38_000_000, 55_800_000), "", []

    while True:
        found, more = Places(globe, CLOCK).within(box, after)
        seen += [place.restaurant.partner.partner_id for place in found]
        if more is None:
            break
        after = more

    assert seen == sorted(globe.points)
