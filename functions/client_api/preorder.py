"""POST /4.0/payments/v1/preorder: the bill behind a QR code and the ways to pay it (QA-05)."""

from client_api import wiring
from client_api.schema.payments import PreorderRequest, PreorderView
from shared.http import Request, endpoint, http_app

app = http_app("client_api-preorder")
payments = wiring.payments()


@endpoint(
    app,
    "POST",
    "/4.0/payments/v1/preorder",
    input=PreorderRequest,
    errors={
        404: ("order_not_found",),
        409: ("already_paying", "order_already_paid", "order_closed"),
        410: ("order_expired",),
        422: ("table_code_unsupported",),
    },
)
def preorder(request: Request[PreorderRequest]) -> PreorderView:
    order, methods = payments.preorder(request.input.order, request.user_id)
    return PreorderView.of(order, methods)
