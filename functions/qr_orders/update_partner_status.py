"""POST /qr-orders/v1/update-partner-status: what the restaurant says of its order (QO-05)."""

from qr_orders import wiring
from qr_orders.schema.orders import PartnerStatusUpdated, UpdatePartnerStatus
from qr_orders.schema.wire import Statuses
from shared.http import Request, endpoint, http_app

app = http_app("qr_orders-update_partner_status")
orders = wiring.orders()


@endpoint(
    app,
    "POST",
    "/qr-orders/v1/update-partner-status",
    input=UpdatePartnerStatus,
    errors={
        404: ("order_not_found",),
        409: (
            "invalid_transition",
            "not_paid",
            "order_active",
            "order_not_expired",
            "payment_in_progress",
        ),
    },
)
def update_partner_status(request: Request[UpdatePartnerStatus]) -> PartnerStatusUpdated:
    wish = request.input
    order = orders.update_partner_status(wish.order_id, wish.partner_ids, wish.to_said())
    return PartnerStatusUpdated(order_id=order.order_id, status=Statuses.of(order))
