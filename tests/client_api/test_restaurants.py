"""POST /4.0/qr-pay/v1/restaurants."""

from typing import Any

import pytest

from client_api.clients import QrPartners
from shared.errors import AppError, Unavailable
from tests.client_api.fakes import FakeInternal, Guests
from tests.client_api.restaurants import FOUND, SHOWN
from tests.support.aws_world import World

PATH = "/4.0/qr-pay/v1/restaurants"
HERE = {"position": {"lat": 55.75, "lon": 37.6}}
NEAR = FOUND | {"distance_m": 412, "open": True, "pos_online": True}


def serve(
    world: World, *partners: dict[str, Any], refusal: AppError | None = None
) -> tuple[Guests, FakeInternal]:
    module = world.load("client_api", "restaurants")
    internal = FakeInternal("test", {"partners": list(partners)}, refusal)
    module.partners = QrPartners(internal)  # type: ignore[attr-defined]
    return Guests(world, module, PATH), internal


def test_cards_have_a_distance_and_the_badge_of_the_cashback(world: World) -> None:
    guests, internal = serve(world, NEAR, NEAR | {"distance_m": 900, "open": False})

    status, body = guests.call(HERE | {"radius_m": 5000, "limit": 2})

    assert status == 200
    assert body == {
        "restaurants": [
            SHOWN | {"distance_m": 412, "open": True},
            SHOWN | {"distance_m": 900, "open": False},
        ]
    }
    asked = {"lat": 55.75, "lon": 37.6, "radius_m": 5000, "limit": 2}
    where = ("qr_partners", "get_near", "POST", "/qr-partners/v1/get-near")
    assert internal.calls == [(*where, asked, None)]


@pytest.mark.parametrize(
    ("rate", "badge"), [("0.05", "5 %"), ("0.1", "10 %"), ("0.125", "12.5 %"), ("0.00", None)]
)
def test_badge_is_a_percentage_and_none_without_cashback(
    world: World, rate: str, badge: str | None
) -> None:
    guests, _ = serve(world, NEAR | {"cashback": {"rate": rate, "max": "300.00"}})
    (card,) = guests.call(HERE)[1]["restaurants"]
    assert card.get("cashback", {}).get("badge") == badge


def test_no_restaurants_without_the_service(world: World) -> None:
    guests, _ = serve(world, refusal=Unavailable("service_unavailable"))
    status, body = guests.call(HERE)
    assert (status, body["code"]) == (503, "service_unavailable")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"position": {"lat": 91, "lon": 0}},
        {"position": {"lat": "1", "lon": 0}},
        HERE | {"radius_m": 20_001},
        HERE | {"limit": 101},
    ],
    ids=str,
)
def test_malformed_request_is_refused(world: World, body: object) -> None:
    assert serve(world)[0].call(body)[0] == 400
