"""POST /qr-orders/v1/get-inactive: unpaid orders whose tills have fallen silent (QO-41)."""

from qr_orders import wiring
from qr_orders.schema.activity import GetInactive, InactivePage
from shared.http import Request, endpoint, http_app

app = http_app("qr_orders-get_inactive")
activity = wiring.activity()


@endpoint(
    app, "POST", "/qr-orders/v1/get-inactive", input=GetInactive, errors={400: ("cursor_invalid",)}
)
def get_inactive(request: Request[GetInactive]) -> InactivePage:
    wanted = request.input
    return InactivePage.of(activity.inactive(wanted.polled_before, wanted.limit, wanted.cursor))
