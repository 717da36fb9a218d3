"""POST /scooters-payments/v1/payment/start: a booking's deposit is to be held (SD-11)."""

from scooters_payments import wiring
from scooters_payments.schema import Start, Started
from shared.http import Request, endpoint, http_app

app = http_app("scooters_payments-payment_start")
starts = wiring.starts()


@endpoint(
    app,
    "POST",
    "/scooters-payments/v1/payment/start",
    input=Start,
    errors={
        409: ("deposit_exists", "idempotency_conflict"),
        422: ("amount_too_large", "bad_amount"),
    },
)
def payment_start(request: Request[Start]) -> Started:
    return Started.of(starts.start(request.input.to_wish()))
