"""POST /qr-orders/v1/admin/refund: money goes back, by quantity, by amount or all (QO-11)."""

from http import HTTPStatus

from qr_orders import wiring
from qr_orders.schema.refunds import Refund, RefundStarted
from shared.http import Reply, Request, endpoint, http_app

app = http_app("qr_orders-admin_refund")
refunds = wiring.refunds()


@endpoint(app, "POST", "/qr-orders/v1/admin/refund", input=Refund)
def admin_refund(request: Request[Refund]) -> Reply:
    change = refunds.request(request.input.to_wish())
    return Reply(RefundStarted.of(change), HTTPStatus.ACCEPTED)
