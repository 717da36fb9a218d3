"""GET /driver/v1/payment-systems: through what a driver may pay to his park himself (FP-12)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.payments import PaymentSystems
from shared.http import Request, endpoint, http_app

app = http_app("fleet_payment_systems-payment_systems")
bills = wiring.bills()
pros = wiring.pros()
specs = wiring.specs()


@endpoint(
    app,
    "GET",
    "/driver/v1/payment-systems",
    errors={400: ("driver_required", "park_required"), 403: ("caller_not_allowed",)},
    headers=("X-Park-Id", "X-Driver-Id"),
)
def payment_systems(request: Request[None]) -> PaymentSystems:
    return PaymentSystems.of(bills.offered(pros.driver(request)), specs)
