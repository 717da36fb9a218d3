"""Task fps_credit: credits the driver of an accepted payment, until done (FP-13, 14, 32)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.task_names import CREDIT
from shared.queue import task_app

app = task_app(CREDIT, wiring.tasks(), wiring.crediting().credit, attempts_max=None)
