"""POST /4.0/payments/v1/orders: a guest starts to pay an order (QA-06, QA-09)."""

from client_api import wiring
from client_api.schema.payments import PayRequest, ProgressView
from shared.http import Request, endpoint, http_app

app = http_app("client_api-orders")
payments = wiring.payments()


@endpoint(
    app,
    "POST",
    "/4.0/payments/v1/orders",
    input=PayRequest,
    errors={
        400: ("idempotency_key_invalid", "idempotency_key_required"),
        404: ("order_not_found",),
        409: ("already_paying", "order_already_paid", "order_changed", "order_closed"),
        410: ("order_expired",),
        422: ("idempotency_mismatch", "payment_method_unavailable"),
    },
    headers=("Accept-Language",),
)
def pay(request: Request[PayRequest]) -> ProgressView:
    payment = request.input.to_payment(
        request.user_id,
        request.idempotency_key,
        request.source_ip,
        request.headers.get("accept-language", ""),
    )
    return ProgressView.started(payment.order_id, payments.pay(payment))
