"""POST /external/v1/orders: the till opens an order and gets its QR code (QI-01)."""

from qr_partner_integration import schema, wiring
from shared.http import Request, endpoint, http_app
from shared.secret import Secret

app = http_app("qr_partner_integration-orders")
call_limit = wiring.call_limit()
opening = wiring.opening()


@endpoint(app, "POST", "/external/v1/orders", input=schema.CreateOrder)
def orders(request: Request[schema.CreateOrder]) -> schema.CreatedOrder:
    call_limit.take(request.authorizer["key_id"])
    opened, status = opening.open_order(
        key_id=request.authorizer["key_id"],
        api_key=Secret(request.headers["x-api-key"]),
        bill=request.input.to_bill(request.idempotency_key),
    )
    return schema.CreatedOrder.of(opened, status)
