"""By hand: lists parked tasks of the deposits and arms them again."""

from scooters_payments import wiring
from shared.parked import requeue_app

app = requeue_app("scooters_payments-requeue_parked", wiring.tasks())
