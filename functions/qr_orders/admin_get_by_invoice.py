"""GET /qr-orders/v1/admin/get-by-invoice: the order that an invoice is of (QO-09)."""

from qr_orders import wiring
from qr_orders.schema.admin import AdminView, GetByInvoice
from shared.http import Request, endpoint, http_app

app = http_app("qr_orders-admin_get_by_invoice")
admin = wiring.admin()
link_of = wiring.receipt_links()


@endpoint(
    app,
    "GET",
    "/qr-orders/v1/admin/get-by-invoice",
    input=GetByInvoice,
    errors={404: ("invoice_not_found",)},
)
def admin_get_by_invoice(request: Request[GetByInvoice]) -> AdminView:
    wanted = request.input
    found = admin.of_invoice(wanted.invoice_id, wanted.reader(request), wanted.live == "true")
    return AdminView.of(found, link_of)
