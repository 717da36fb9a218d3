"""DELETE /fleet-payment-systems/v1/wallets/{wallet_id}/link: no more payments by it (FP-10)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.wallets import WalletView
from shared.http import Request, endpoint, http_app

app = http_app("fleet_payment_systems-wallets_link_revoke")
links = wiring.links()
dispatchers = wiring.dispatchers()


@endpoint(
    app,
    "DELETE",
    "/fleet-payment-systems/v1/wallets/{wallet_id}/link",
    errors={
        400: ("operator_required", "park_required"),
        403: ("caller_not_allowed",),
        404: ("wallet_not_found",),
    },
    headers=("X-Park-Id", "X-User-Id"),
)
def wallets_link_revoke(request: Request[None]) -> WalletView:
    wallet = links.revoke(dispatchers.author(request), request.path["wallet_id"])
    return WalletView.of(wallet, links.wallets)
