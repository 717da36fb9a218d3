"""Scenario 18 of SPEC C.1: nearest restaurants across the 180th meridian and cell borders."""

import json

import h3

from local.actors import Json
from local.scenes import Place
from qr_partners.cells import RESOLUTION
from shared.http_event import event
from tests.qr_partners.office import new_restaurant

CORNER = h3.cell_to_boundary(h3.latlng_to_cell(43.24, 76.92, RESOLUTION))[0]


def open_at(place: Place, lat: float, lon: float) -> str:
    """The back office opens a restaurant there, of a group of its own."""
    body = new_restaurant()
    body["partner"] |= {"lat": lat, "lon": lon}
    headers = {"Idempotency-Key": f"{lat} {lon}"}
    request = event("POST", "/qr-partners/v1/admin/create", body=body, headers=headers)
    answer = place.stack.client("lambda").invoke(
        FunctionName="dev-qr_partners-admin_create", Payload=json.dumps(request).encode()
    )
    found = json.loads(answer["Payload"].read())
    assert found["statusCode"] == 200, found
    return str(json.loads(found["body"])["partner"]["partner_id"])


def from_corner(cell: str) -> float:
    return h3.great_circle_distance(CORNER, h3.cell_to_latlng(cell))  # type: ignore[no-any-return]


def cards(place: Place, lat: float, lon: float) -> list[Json]:
    return place.guest.restaurants(lat, lon)


def test_a_guest_on_the_180th_meridian_sees_both_sides(place: Place) -> None:
    west, east = open_at(place, -16.8, 179.995), open_at(place, -16.8, -179.99)

    found = cards(place, -16.8, 179.999)

    assert [(each["partner_id"], each["distance_m"]) for each in found] == [
        (west, 426),
        (east, 1171),
    ]
    assert found[0]["cashback"] == {"badge": "5 %", "max": "300.00", "currency": "RUB"}


def test_a_guest_where_three_cells_meet_sees_all_of_them(place: Place) -> None:
    lat, lon = CORNER
    cells = sorted(h3.grid_disk(h3.latlng_to_cell(lat, lon, RESOLUTION), 1), key=from_corner)[:3]
    centres = [h3.cell_to_latlng(cell) for cell in cells]
    around = [(lat + (up - lat) / 20, lon + (right - lon) / 20) for up, right in centres]
    opened = [open_at(place, *where) for where in around]

    found = {each["partner_id"] for each in cards(place, lat, lon)}

    assert found == set(opened)
    assert [h3.latlng_to_cell(*where, RESOLUTION) for where in around] == cells


def test_a_card_leads_to_its_page(place: Place) -> None:
    partner_id = open_at(place, 10.0, 10.0)
    (card,) = cards(place, 10.0, 10.0)

    page = place.guest.restaurant(card["partner_id"])

    assert (page["partner_id"], page["name"]) == (partner_id, card["name"])
    assert "inn" not in page
