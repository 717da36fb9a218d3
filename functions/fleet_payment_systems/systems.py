"""GET /fleet-payment-systems/v1/systems: what each payment system asks for (FP-09)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.systems import Systems
from shared.http import Request, endpoint, http_app

app = http_app("fleet_payment_systems-systems")
specs = wiring.specs()
dispatchers = wiring.dispatchers()


@endpoint(app, "GET", "/fleet-payment-systems/v1/systems")
def systems(request: Request[None]) -> Systems:
    dispatchers.reader(request)
    return Systems.of(specs.values())
