"""POST /4.0/qr-orders/v1/orderhistory/list: a guest's orders, newest first (QA-01, RC-19)."""

from client_api import wiring
from client_api.schema.history import HistoryRequest, HistoryView
from shared.http import Request, endpoint, http_app

app = http_app("client_api-orderhistory_list")
orders = wiring.guest_orders()
links = wiring.receipt_links()


@endpoint(
    app,
    "POST",
    "/4.0/qr-orders/v1/orderhistory/list",
    "/iiko-integration/v1/orderhistory/list",
    input=HistoryRequest,
    errors={400: ("cursor_invalid",)},
    headers=("Accept-Language",),
)
def history(request: Request[HistoryRequest]) -> HistoryView:
    page = orders.history_of(request.user_id, request.input.limit, request.input.older_than)
    gateway = app.event["requestContext"]
    link_of = links.at(gateway["apiId"], gateway["domainName"])
    return HistoryView.of(page, request.headers.get("accept-language", ""), link_of)
