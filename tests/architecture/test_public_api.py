"""Who may call what: the authorisation of every route, and no internal route in public (QA, L1)."""

import pytest

from fleet_payment_systems.wiring import specs
from tests.architecture.templates import SERVICES, Route, expect_none, service

# Authorisation of an API's routes; a service that is not here has not been thought about.
AUTHORISATION = {
    "client_api": "JWT",
    # By a signature over the raw body, which no authorizer sees.
    "contractor_merch_integration_api": "NONE",
    "fleet_payment_systems": "AWS_IAM",
    "fleet_payment_systems_api": "none but of OPEN",
    "qr_orders": "AWS_IAM",
    "qr_partner_integration": "CUSTOM",
    "qr_partners": "AWS_IAM",
    "scooters_payments": "AWS_IAM",
    "sandbox": "NONE",  # test equipment: never deployed beside real upstreams
}
# Open to anyone who knows the link: its token is the secret.
OPEN = {
    "client_api": {"GET /r/{token}"},
    "fleet_payment_systems_api": {route for spec in specs().values() for route in spec.routes},
}
INTERNAL_PATHS = (
    *("/qr-orders/", "/qr-partners/", "/qr-partner/", "/fleet-payment-systems/"),
    *("/scooters-payments/", "/driver/"),
)
EVERY_SERVICE = pytest.mark.parametrize("name", SERVICES)


def route_problems(name: str, routes: list[Route]) -> list[str]:
    problems = []
    for route in routes:
        wanted = "NONE" if route.key in OPEN.get(name, set()) else AUTHORISATION.get(name)
        if route.auth != wanted:
            problems.append(f"{route.key}: {route.auth} instead of {wanted}")
        path = route.key.partition(" ")[2]
        if AUTHORISATION.get(name) != "AWS_IAM" and path.startswith(INTERNAL_PATHS):
            problems.append(f"{route.key}: an internal route on a public API")
    return problems


@EVERY_SERVICE
def test_every_route_has_the_authorisation_of_its_api(name: str) -> None:
    expect_none(route_problems(name, service(name).routes))


@EVERY_SERVICE
def test_an_api_reaches_only_functions_of_its_own_service(name: str) -> None:
    found = service(name)
    foreign = {route.function for route in found.routes} - set(found.functions)
    expect_none(foreign)


@EVERY_SERVICE
def test_every_api_limits_its_rate(name: str) -> None:
    stages = service(name).resources("AWS::ApiGatewayV2::Stage").values()
    unlimited = [stage for stage in stages if not throttled(stage)]
    assert unlimited == []


def throttled(stage: dict[str, dict[str, int]]) -> bool:
    return stage.get("DefaultRouteSettings", {}).get("ThrottlingRateLimit", 0) > 0


@pytest.mark.parametrize(
    ("name", "key", "auth", "problems"),
    [
        ("client_api", "GET /r/{token}", "NONE", 0),
        ("client_api", "GET /r/{token}/all", "NONE", 1),
        ("qr_orders", "GET /qr-orders/v1/get", "NONE", 1),
        ("qr_orders", "GET /qr-orders/v1/get", "AWS_IAM", 0),
        ("qr_partner_integration", "GET /qr-orders/v1/get", "CUSTOM", 1),
        ("fleet_payment_systems_api", "POST /fps/v1/city24/{token}", "NONE", 0),
        ("fleet_payment_systems_api", "POST /fps/v1/city24", "NONE", 1),
        ("fleet_payment_systems_api", "GET /fleet-payment-systems/v1/wallets", "NONE", 2),
        ("nowhere", "GET /anything", "JWT", 1),
    ],
)
def test_an_open_door_is_reported(name: str, key: str, auth: str, problems: int) -> None:
    assert len(route_problems(name, [Route(key, "test", auth)])) == problems
