"""POST /fleet-payment-systems/v1/wallets/{wallet_id}/link/regenerate: another one (FP-10)."""

from datetime import timedelta

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.links import LinkIssued, Regenerate
from shared.http import Reply, Request, endpoint, http_app

app = http_app("fleet_payment_systems-wallets_link_regenerate")
links = wiring.links()
dispatchers = wiring.dispatchers()


@endpoint(
    app,
    "POST",
    "/fleet-payment-systems/v1/wallets/{wallet_id}/link/regenerate",
    input=Regenerate,
    answer=LinkIssued,
    statuses=(201,),
    errors={
        400: ("operator_required", "park_required"),
        403: ("caller_not_allowed",),
        404: ("wallet_not_found",),
        422: ("system_without_link",),
    },
    headers=("X-Park-Id", "X-User-Id"),
)
def wallets_link_regenerate(request: Request[Regenerate]) -> Reply:
    grace = timedelta(seconds=request.input.grace_period_sec)
    issued = links.regenerate(dispatchers.author(request), request.path["wallet_id"], grace)
    return Reply(LinkIssued.of(issued, links), 201)
