"""POST /qr-orders/v1/admin/refund: money goes back, by quantity, by amount or all (QO-11)."""

from http import HTTPStatus

from qr_orders import wiring
from qr_orders.schema.refunds import Refund, RefundStarted
from shared.http import Reply, Request, endpoint, http_app

app = http_app("qr_orders-admin_refund")
refunds = wiring.refunds()


@endpoint(
    app,
    "POST",
    "/qr-orders/v1/admin/refund",
    input=Refund,
    answer=RefundStarted,
    statuses=(HTTPStatus.ACCEPTED,),
    errors={
        404: ("order_not_found",),
        409: ("idempotency_conflict", "not_cleared", "refund_in_progress", "stale_version"),
        422: (
            "bad_amount",
            "bad_quantity",
            "duplicate_item",
            "over_refund",
            "unknown_item",
            "zero_amount",
        ),
    },
)
def admin_refund(request: Request[Refund]) -> Reply:
    change = refunds.request(request.input.to_wish())
    return Reply(RefundStarted.of(change), HTTPStatus.ACCEPTED)
