"""POST /fleet-payment-systems/v1/wallets: an account in a payment system (FP-04)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.wallets import CreateWallet, WalletView
from shared.http import Reply, Request, endpoint, http_app

app = http_app("fleet_payment_systems-wallets_create")
wallets = wiring.wallets()
dispatchers = wiring.dispatchers()


@endpoint(app, "POST", "/fleet-payment-systems/v1/wallets", input=CreateWallet)
def wallets_create(request: Request[CreateWallet]) -> Reply:
    wanted = request.input.to_new(request)
    wallet, created = wallets.create(dispatchers.author(request), wanted)
    return Reply(WalletView.of(wallet, wallets), 201 if created else 200)
