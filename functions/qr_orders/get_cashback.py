"""GET /qr-orders/v1/get-cashback: what cashback an order brings, on its net sum (QO-07)."""

from qr_orders import wiring
from qr_orders.schema.cashback import CashbackView, GetCashback
from shared.http import Request, endpoint, http_app

app = http_app("qr_orders-get_cashback")
cashback = wiring.cashback()


@endpoint(
    app,
    "GET",
    "/qr-orders/v1/get-cashback",
    input=GetCashback,
    errors={404: ("order_not_found", "version_not_found")},
)
def get_cashback(request: Request[GetCashback]) -> CashbackView:
    wanted = request.input
    version = None if wanted.version is None else int(wanted.version)
    return CashbackView.of(cashback.info(wanted.order_id or "", wanted.invoice_id or "", version))
