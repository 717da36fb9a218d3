"""POST /external/v1/order/status: the till closes, cancels or confirms its order (QI-03)."""

from qr_partner_integration import schema, wiring
from shared.http import Request, endpoint, http_app

app = http_app("qr_partner_integration-order_status")
call_limit = wiring.call_limit()
till = wiring.till()


@endpoint(
    app,
    "POST",
    "/external/v1/order/status",
    input=schema.SetStatus,
    errors={
        404: ("order_not_found",),
        409: ("invalid_transition", "not_paid", "payment_in_progress"),
        429: ("rate_limited",),
    },
)
def order_status(request: Request[schema.SetStatus]) -> schema.StatusSet:
    call_limit.take(request.authorizer["key_id"])
    wanted = request.input
    partner_ids = request.authorizer["partner_ids"]
    status = till.set_status(wanted.id, partner_ids, wanted.status, wanted.reason)
    return schema.StatusSet(id=wanted.id, status=status)
