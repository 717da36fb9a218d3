"""POST /external/v1/orders/status/list: the till polls its orders, the hottest path (QI-02)."""

from typing import Any

from qr_partner_integration import polling, wiring
from shared.http import Request, endpoint, http_app, parse_json

app = http_app("qr_partner_integration-orders_status_list")
call_limit = wiring.call_limit()
till = wiring.till()


@endpoint(
    app,
    "POST",
    "/external/v1/orders/status/list",
    quiet=True,
    body="qr_partner_integration.schema.PolledIds",
    answer="qr_partner_integration.schema.Polled",
    errors={429: ("rate_limited",)},
)
def orders_status_list(request: Request[None]) -> dict[str, Any]:
    call_limit.take(request.authorizer["key_id"])
    ids = polling.parse_ids(parse_json(request.raw_body))
    return polling.answer(till.statuses(ids, request.authorizer["partner_ids"]))
