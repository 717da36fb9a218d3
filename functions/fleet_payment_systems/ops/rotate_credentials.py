"""By hand: rotates what a payment system logs in or signs with; for a time both are good."""

from fleet_payment_systems import wiring
from fleet_payment_systems.use_cases.rotation import RotateCredentials
from shared.queue import ops_app

rotation = wiring.rotation()
app = ops_app(
    "fleet_payment_systems-rotate_credentials",
    lambda event: rotation.run(RotateCredentials.model_validate(event)),
)
