"""By hand: stops a wallet, a park or a payment system, and lets it go on (FP-04)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.use_cases.stops import StopWallets
from shared.queue import ops_app

stops = wiring.stops()
app = ops_app(
    "fleet_payment_systems-stop_wallets",
    lambda event: stops.run(StopWallets.model_validate(event)),
)
