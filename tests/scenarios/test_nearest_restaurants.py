"""Nearest restaurants across the 180th meridian and the border of a cell (SPEC C.1, 18)."""

from collections.abc import Iterator

import h3
import pytest

from qr_partners.cells import RESOLUTION
from shared.http_event import event
from tests.qr_partners.office import new_restaurant
from tests.support.intrinsics import Json
from tests.support.street import Street
from tests.support.town import town

NEAR = "/4.0/qr-pay/v1/restaurants"
CORNER = h3.cell_to_boundary(h3.latlng_to_cell(55.75, 37.62, RESOLUTION))[0]


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    with town() as place:
        yield Street(place)


def open_at(street: Street, lat: float, lon: float) -> str:
    """The back office opens a restaurant there."""
    path, body = "/qr-partners/v1/admin/create", new_restaurant()
    body["partner"] |= {"lat": lat, "lon": lon}
    headers = {"Idempotency-Key": f"{lat} {lon}"}
    request = event("POST", path, body=body, headers=headers)
    code, found = street.town.call("qr_partners", "admin_create", request)
    assert code == 200, found
    return str(found["partner"]["partner_id"])


def from_corner(cell: str) -> float:
    return h3.great_circle_distance(CORNER, h3.cell_to_latlng(cell))  # type: ignore[no-any-return]


def cards(street: Street, lat: float, lon: float) -> list[Json]:
    code, found = street.guest("restaurants", NEAR, {"position": {"lat": lat, "lon": lon}})
    assert code == 200, found
    return list(found["restaurants"])


def test_a_guest_on_the_180th_meridian_sees_both_sides(street: Street) -> None:
    west, east = open_at(street, -16.8, 179.995), open_at(street, -16.8, -179.99)

    found = cards(street, -16.8, 179.999)

    assert [(each["partner_id"], each["distance_m"]) for each in found] == [
        (west, 426),
        (east, 1171),
    ]
    assert found[0]["cashback"] == {"badge": "5 %", "max": "300.00", "currency": "RUB"}


def test_a_guest_where_three_cells_meet_sees_all_of_them(street: Street) -> None:
    lat, lon = CORNER
    cells = sorted(h3.grid_disk(h3.latlng_to_cell(lat, lon, RESOLUTION), 1), key=from_corner)[:3]
    centres = [h3.cell_to_latlng(cell) for cell in cells]
    around = [(lat + (up - lat) / 20, lon + (right - lon) / 20) for up, right in centres]
    opened = [open_at(street, *place) for place in around]

    found = {each["partner_id"] for each in cards(street, lat, lon)}

    assert found == set(opened)
    assert [h3.latlng_to_cell(*place, RESOLUTION) for place in around] == cells


def test_a_card_leads_to_its_page(street: Street) -> None:
    partner_id = open_at(street, 10.0, 10.0)
    (card,) = cards(street, 10.0, 10.0)

    code, page = street.guest(
        "restaurant", "/4.0/qr-pay/v1/restaurant", {"partner_id": card["partner_id"]}
    )

    assert (code, page["partner_id"], page["name"]) == (200, partner_id, card["name"])
    assert "inn" not in page
