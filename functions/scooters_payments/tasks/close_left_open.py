"""Task scooters_payments_close_left_open: is a forgotten deposit's ride over (SD-27)?."""

from scooters_payments import wiring
from scooters_payments.task_names import CLOSE_LEFT_OPEN
from shared.queue import task_app

app = task_app(CLOSE_LEFT_OPEN, wiring.tasks(), wiring.left_open().close, attempts_max=None)
