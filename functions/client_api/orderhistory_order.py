"""POST /iiko-integration/v1/orderhistory/order: one paid order and its receipts (QA-02, RC-19)."""

from client_api import wiring
from client_api.schema.history import HistoryOrderView
from client_api.schema.wire import OrderRequest
from shared.http import Request, endpoint, http_app

app = http_app("client_api-orderhistory_order")
orders = wiring.guest_orders()
links = wiring.receipt_links()


@endpoint(
    app,
    "POST",
    "/iiko-integration/v1/orderhistory/order",
    input=OrderRequest,
    errors={404: ("order_not_found",)},
    headers=("Accept-Language",),
)
def history_order(request: Request[OrderRequest]) -> HistoryOrderView:
    order = orders.paid_by(request.user_id, request.input.order_id)
    gateway = app.event["requestContext"]
    link_of = links.at(gateway["apiId"], gateway["domainName"])
    language = request.headers.get("accept-language", "")
    return HistoryOrderView.of(order, language, link_of)
