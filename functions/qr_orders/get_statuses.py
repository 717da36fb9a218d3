"""POST /qr-orders/v1/get-statuses: internal statuses in bulk, the polled read (QO-04)."""

import os
from typing import Any

from qr_orders.statuses import Statuses, parse_query
from shared import aws, clock
from shared.http import Request, endpoint, http_app, parse_json

app = http_app("qr_orders-get_statuses")
interval_s = int(os.environ["POLL_TOUCH_MIN_INTERVAL_SEC"])
statuses = Statuses(aws.client("dynamodb"), clock.SYSTEM, interval_s)


@endpoint(
    app,
    "POST",
    "/qr-orders/v1/get-statuses",
    quiet=True,
    body="qr_orders.schema.statuses.GetStatuses",
    answer="qr_orders.schema.statuses.StatusList",
)
def get_statuses(request: Request[None]) -> dict[str, Any]:
    query = parse_query(parse_json(request.raw_body))
    return statuses.of(query.order_ids, query.partner_ids, query.touch)
