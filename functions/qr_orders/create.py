"""POST /qr-orders/v1/create: opens an order and names its QR (QO-01)."""

from qr_orders import wiring
from qr_orders.schema.create import Create, Created
from shared.http import Request, endpoint, http_app

app = http_app("qr_orders-create")
orders = wiring.orders()
qr_base_url = wiring.settings().qr_base_url


@endpoint(
    app,
    "POST",
    "/qr-orders/v1/create",
    input=Create,
    errors={
        409: (
            "idempotency_conflict",
            "order_already_paid",
            "order_closed",
            "payment_in_progress",
            "stale_version",
        ),
        422: (
            "bad_amount",
            "duplicate_item",
            "idempotency_mismatch",
            "total_mismatch",
            "zero_total",
        ),
    },
)
def create(request: Request[Create]) -> Created:
    order, created = orders.create(request.input.to_draft())
    return Created.of(order, created, qr_base_url)
