"""GET /fleet-payment-systems/v1/wallets/{wallet_id}: one wallet, secrets masked (FP-04)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.wallets import WalletView
from shared.http import Request, endpoint, http_app

app = http_app("fleet_payment_systems-wallets_get")
wallets = wiring.wallets()
dispatchers = wiring.dispatchers()


@endpoint(
    app,
    "GET",
    "/fleet-payment-systems/v1/wallets/{wallet_id}",
    errors={400: ("park_required",), 403: ("caller_not_allowed",), 404: ("wallet_not_found",)},
    headers=("X-Park-Id",),
)
def wallets_get(request: Request[None]) -> WalletView:
    wallet = wallets.get(dispatchers.reader(request), request.path["wallet_id"])
    return WalletView.of(wallet, wallets)
