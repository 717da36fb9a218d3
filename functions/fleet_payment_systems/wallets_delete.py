"""DELETE /fleet-payment-systems/v1/wallets/{wallet_id}: it goes, its payments stay (FP-04)."""

from fleet_payment_systems import wiring
from shared.http import Reply, Request, endpoint, http_app

app = http_app("fleet_payment_systems-wallets_delete")
wallets = wiring.wallets()
dispatchers = wiring.dispatchers()


@endpoint(
    app,
    "DELETE",
    "/fleet-payment-systems/v1/wallets/{wallet_id}",
    statuses=(204,),
    errors={
        400: ("operator_required", "park_required"),
        403: ("caller_not_allowed",),
        404: ("wallet_not_found",),
    },
    headers=("X-Park-Id", "X-User-Id"),
)
def wallets_delete(request: Request[None]) -> Reply:
    wallets.delete(dispatchers.author(request), request.path["wallet_id"])
    return Reply(status=204)
