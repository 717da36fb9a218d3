"""GET /driver/v1/payments/{payment_id}: one payment of the driver's own (FP-12, FP-45)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.payments import PaymentView
from shared.http import Request, endpoint, http_app

app = http_app("fleet_payment_systems-payments_get")
bills = wiring.bills()
pros = wiring.pros()


@endpoint(
    app,
    "GET",
    "/driver/v1/payments/{payment_id}",
    errors={
        400: ("driver_required", "park_required"),
        403: ("caller_not_allowed",),
        404: ("payment_not_found",),
    },
    headers=("X-Park-Id", "X-Driver-Id"),
)
def payments_get(request: Request[None]) -> PaymentView:
    return PaymentView.of(bills.get(pros.driver(request), request.path["payment_id"]))
