"""By hand: ends one link of a wallet, or all of them (FP-09, L3)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.use_cases.stops import RevokeLinks
from shared.queue import ops_app

stops = wiring.stops()
app = ops_app(
    "fleet_payment_systems-revoke_links",
    lambda event: stops.revoke(RevokeLinks.model_validate(event)),
)
