"""POST /4.0/qr-pay/v1/restaurant."""

from typing import Any

import pytest

from client_api.clients import QrPartners
from shared.errors import AppError, NotFound
from tests.client_api.fakes import FakeInternal, Guests
from tests.client_api.restaurants import FOUND, SHOWN
from tests.support.aws_world import World

ASKED = {"partner_id": "p_demo"}
PAGE = FOUND | {
    **{"city": "Москва", "timezone": "Europe/Moscow", "enabled": True},
    "schedule": {"fri": ["10:00-02:00"]},
}


def serve(world: World, found: dict[str, Any], refusal: AppError | None = None) -> Guests:
    module = world.load("client_api", "restaurant")
    internal = FakeInternal("test", found, refusal)
    module.partners = QrPartners(internal)  # type: ignore[attr-defined]
    return Guests(world, module, "/4.0/qr-pay/v1/restaurant")


def test_page_has_the_public_fields_and_no_other(world: World) -> None:
    full = PAGE | {"inn": "7700000009", "commission_rate": "0.03", "contacts": {"phone": "1"}}

    status, body = serve(world, full).call(ASKED)

    hours = {"timezone": "Europe/Moscow", "schedule": {"fri": ["10:00-02:00"]}}
    assert (status, body) == (200, SHOWN | hours)


@pytest.mark.parametrize(
    ("found", "refusal"), [({}, NotFound("partner_not_found")), (PAGE | {"enabled": False}, None)]
)
def test_unknown_and_disabled_restaurants_are_one_404(
    world: World, found: dict[str, Any], refusal: AppError | None
) -> None:
    status, body = serve(world, found, refusal).call(ASKED)
    assert (status, body["code"]) == (404, "partner_not_found")


@pytest.mark.parametrize("body", [{}, {"partner_id": ""}, {"partner_id": 7}], ids=str)
def test_malformed_request_is_refused(world: World, body: object) -> None:
    assert serve(world, PAGE).call(body)[0] == 400
