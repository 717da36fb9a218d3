"""POST /qr-orders/v1/start-payment: a guest pays, the money is held (QO-06)."""

from qr_orders import wiring
from qr_orders.schema.orders import PaymentStarted, StartPayment
from shared.http import Request, endpoint, http_app

app = http_app("qr_orders-start_payment")
payments = wiring.payments()


@endpoint(
    app,
    "POST",
    "/qr-orders/v1/start-payment",
    input=StartPayment,
    errors={
        404: ("order_not_found",),
        409: ("already_paying", "order_already_paid", "order_changed", "order_closed"),
        410: ("order_expired",),
        422: ("idempotency_mismatch",),
    },
)
def start_payment(request: Request[StartPayment]) -> PaymentStarted:
    return PaymentStarted.of(payments.start(request.input.to_wish()))
