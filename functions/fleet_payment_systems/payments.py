"""POST /driver/v1/payments: a bill that the driver pays at the payment system (FP-12, FP-15)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.payments import CreatePayment, PaymentView
from shared.http import Reply, Request, endpoint, http_app

app = http_app("fleet_payment_systems-payments")
bills = wiring.bills()
pros = wiring.pros()


@endpoint(
    app,
    "POST",
    "/driver/v1/payments",
    input=CreatePayment,
    answer=PaymentView,
    statuses=(200, 201),
    errors={
        400: (
            "bad_amount",
            "driver_required",
            "idempotency_key_invalid",
            "idempotency_key_required",
            "park_required",
        ),
        403: ("caller_not_allowed",),
        404: ("wallet_not_found",),
        409: ("payment_open",),
        422: (
            "amount_invalid",
            "amount_too_large",
            "amount_too_small",
            "idempotency_mismatch",
            "payer_invalid",
            "payments_off",
        ),
    },
    headers=("X-Park-Id", "X-Driver-Id"),
)
def payments(request: Request[CreatePayment]) -> Reply:
    payment, created = bills.create(pros.driver(request), request.input.to_wish(request))
    return Reply(PaymentView.of(payment), 201 if created else 200)
