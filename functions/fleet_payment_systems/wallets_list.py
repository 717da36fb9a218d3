"""GET /fleet-payment-systems/v1/wallets: the park's wallets (FP-04)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.wallets import WalletList
from shared.http import Request, endpoint, http_app

app = http_app("fleet_payment_systems-wallets_list")
wallets = wiring.wallets()
dispatchers = wiring.dispatchers()


@endpoint(
    app,
    "GET",
    "/fleet-payment-systems/v1/wallets",
    errors={400: ("park_required",), 403: ("caller_not_allowed",)},
    headers=("X-Park-Id",),
)
def wallets_list(request: Request[None]) -> WalletList:
    return WalletList.of(wallets.of_park(dispatchers.reader(request)), wallets)
