"""POST /4.0/payments/v1/orders/retrieve: how a payment stands; a guest's app polls it (QA-07)."""

from client_api import wiring
from client_api.schema.payments import ProgressView
from client_api.schema.wire import OrderRequest
from shared.http import Request, endpoint, http_app

app = http_app("client_api-orders_retrieve")
orders = wiring.guest_orders()


@endpoint(
    app,
    "POST",
    "/4.0/payments/v1/orders/retrieve",
    input=OrderRequest,
    quiet=True,
    errors={404: ("order_not_found",)},
    headers=("Accept-Language",),
)
def retrieve(request: Request[OrderRequest]) -> ProgressView:
    order = orders.watched_by(request.user_id, request.input.order_id)
    return ProgressView.of(order, request.headers.get("accept-language", ""))
