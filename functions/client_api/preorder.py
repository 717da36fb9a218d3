"""POST /4.0/payments/v1/preorder: the bill behind a QR code and the ways to pay it (QA-05)."""

from client_api import schema, wiring
from shared.http import Request, endpoint, http_app

app = http_app("client_api-preorder")
payments = wiring.payments()


@endpoint(app, "POST", "/4.0/payments/v1/preorder", input=schema.PreorderRequest)
def preorder(request: Request[schema.PreorderRequest]) -> schema.PreorderView:
    order, methods = payments.preorder(request.input.order, request.user_id)
    return schema.PreorderView.of(order, methods)
