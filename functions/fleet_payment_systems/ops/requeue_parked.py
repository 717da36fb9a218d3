"""By hand: lists parked tasks of the taxi parks and arms them again."""

from fleet_payment_systems import wiring
from shared.parked import requeue_app

app = requeue_app("fleet_payment_systems-requeue_parked", wiring.tasks())
