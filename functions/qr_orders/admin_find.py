"""POST /qr-orders/v1/admin/find: orders by what an operator knows of them, by pages (QO-10)."""

from qr_orders import wiring
from qr_orders.schema.search import Find, FoundPage
from shared.http import Request, endpoint, http_app

app = http_app("qr_orders-admin_find")
search = wiring.search()


@endpoint(
    app,
    "POST",
    "/qr-orders/v1/admin/find",
    input=Find,
    errors={
        422: (
            "bad_amount",
            "criteria_incomplete",
            "cursor_invalid",
            "range_empty",
            "range_too_long",
        )
    },
)
def admin_find(request: Request[Find]) -> FoundPage:
    wanted = request.input
    found = search.find(wanted.to_criteria(), wanted.reader(request), wanted.limit, wanted.cursor)
    return FoundPage.of(found, search.clock.now())
