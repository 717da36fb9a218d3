"""Task scooters_payments_release: gives back what an unwanted invoice holds (SD-09)."""

from scooters_payments import wiring
from scooters_payments.task_names import RELEASE
from shared.queue import task_app

app = task_app(RELEASE, wiring.tasks(), wiring.releases().release, attempts_max=None)
