"""GET /fleet-payment-systems/v1/systems: what each payment system asks for (FP-09)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.systems import Systems
from shared.http import Request, endpoint, http_app

app = http_app("fleet_payment_systems-systems")
specs = wiring.specs()
dispatchers = wiring.dispatchers()


@endpoint(
    app,
    "GET",
    "/fleet-payment-systems/v1/systems",
    errors={400: ("park_required",), 403: ("caller_not_allowed",)},
    headers=("X-Park-Id",),
)
def systems(request: Request[None]) -> Systems:
    dispatchers.reader(request)
    return Systems.of(specs.values())
