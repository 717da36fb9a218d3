"""DELETE /fleet-payment-systems/v1/wallets/{wallet_id}: it goes, its payments stay (FP-04)."""

from fleet_payment_systems import wiring
from shared.http import Reply, Request, endpoint, http_app

app = http_app("fleet_payment_systems-wallets_delete")
wallets = wiring.wallets()
dispatchers = wiring.dispatchers()


@endpoint(app, "DELETE", "/fleet-payment-systems/v1/wallets/{wallet_id}")
def wallets_delete(request: Request[None]) -> Reply:
    wallets.delete(dispatchers.author(request), request.path["wallet_id"])
    return Reply(status=204)
