"""POST /fleet-payment-systems/v1/wallets/{wallet_id}/link: the secret link, shown once (FP-08)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.links import LinkIssued
from shared.http import Reply, Request, endpoint, http_app

app = http_app("fleet_payment_systems-wallets_link")
links = wiring.links()
dispatchers = wiring.dispatchers()


@endpoint(
    app,
    "POST",
    "/fleet-payment-systems/v1/wallets/{wallet_id}/link",
    answer=LinkIssued,
    statuses=(201,),
    errors={
        400: ("operator_required", "park_required"),
        403: ("caller_not_allowed",),
        404: ("wallet_not_found",),
        409: ("link_exists",),
        422: ("system_without_link",),
    },
    headers=("X-Park-Id", "X-User-Id"),
)
def wallets_link(request: Request[None]) -> Reply:
    issued = links.generate(dispatchers.author(request), request.path["wallet_id"])
    return Reply(LinkIssued.of(issued, links), 201)
