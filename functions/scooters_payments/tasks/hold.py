"""Task scooters_payments_hold: brings a deposit to its hold, or to another amount (SD-11)."""

from scooters_payments import wiring
from scooters_payments.task_names import HOLD
from shared.queue import task_app

app = task_app(HOLD, wiring.tasks(), wiring.holds().hold, attempts_max=None)
