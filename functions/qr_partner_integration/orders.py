"""POST /external/v1/orders: the till opens an order and gets its QR code (QI-01)."""

from qr_partner_integration import schema, wiring
from shared.http import Request, endpoint, http_app
from shared.secret import Secret

app = http_app("qr_partner_integration-orders")
call_limit = wiring.call_limit()
opening = wiring.opening()


@endpoint(
    app,
    "POST",
    "/external/v1/orders",
    input=schema.CreateOrder,
    errors={
        400: ("idempotency_key_invalid", "restaurant_id_required"),
        401: ("api_key_unknown",),
        403: ("restaurant_not_allowed",),
        409: (
            "idempotency_conflict",
            "order_already_paid",
            "order_closed",
            "payment_in_progress",
            "stale_version",
        ),
        422: (
            "bad_amount",
            "currency_mismatch",
            "duplicate_item",
            "idempotency_mismatch",
            "total_mismatch",
            "zero_total",
        ),
        429: ("rate_limited",),
    },
)
def orders(request: Request[schema.CreateOrder]) -> schema.CreatedOrder:
    call_limit.take(request.authorizer["key_id"])
    opened, status = opening.open_order(
        key_id=request.authorizer["key_id"],
        api_key=Secret(request.headers["x-api-key"]),
        bill=request.input.to_bill(request.idempotency_key),
    )
    return schema.CreatedOrder.of(opened, status)
