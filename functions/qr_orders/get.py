"""GET /qr-orders/v1/get: an order with everything that belongs to it (QO-02)."""

from qr_orders import wiring
from qr_orders.schema.orders import Get, OrderView
from shared.http import Request, endpoint, http_app

app = http_app("qr_orders-get")
orders = wiring.orders()


@endpoint(app, "GET", "/qr-orders/v1/get", input=Get, errors={404: ("order_not_found",)})
def get(request: Request[Get]) -> OrderView:
    wanted = request.input
    details = orders.details(wanted.order_id or "", wanted.short_code or "")
    return OrderView.of(details, details.order.is_expired(orders.clock.now()))
