"""GET /scooters-payments/v1/payment/check: may the scooter be ridden off (SD-12)?"""

from scooters_payments import wiring
from scooters_payments.schema import CheckView, Session
from shared.http import Request, endpoint, http_app

app = http_app("scooters_payments-payment_check")
checks = wiring.checks()


@endpoint(
    app,
    "GET",
    "/scooters-payments/v1/payment/check",
    input=Session,
    errors={402: ("deposit_declined",)},
)
def payment_check(request: Request[Session]) -> CheckView:
    return CheckView.of(checks.check(request.input.session_id))
