"""POST /qr-orders/v1/get-by-user: a guest's orders, newest first, by pages (QO-03)."""

from qr_orders import wiring
from qr_orders.schema.history import GetByUser, HistoryPage
from shared.http import Request, endpoint, http_app

app = http_app("qr_orders-get_by_user")
history = wiring.history()


@endpoint(
    app, "POST", "/qr-orders/v1/get-by-user", input=GetByUser, errors={400: ("cursor_invalid",)}
)
def get_by_user(request: Request[GetByUser]) -> HistoryPage:
    wanted = request.input
    return HistoryPage.of(history.of(wanted.user_id, wanted.limit, wanted.older_than))
