"""GET /qr-orders/v1/admin/get: an order with all that is kept of it (QO-08)."""

from qr_orders import wiring
from qr_orders.schema.admin import AdminView, GetAdmin
from shared.http import Request, endpoint, http_app

app = http_app("qr_orders-admin_get")
admin = wiring.admin()
link_of = wiring.receipt_links()


@endpoint(app, "GET", "/qr-orders/v1/admin/get", input=GetAdmin, errors={404: ("order_not_found",)})
def admin_get(request: Request[GetAdmin]) -> AdminView:
    wanted = request.input
    found = admin.of(wanted.to_name(), wanted.reader(request), wanted.live == "true")
    return AdminView.of(found, link_of)
