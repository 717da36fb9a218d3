"""Task fps_census: counts a day's accounts, parks and drivers by system (FP-35, FP-36, FP-37)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.task_names import CENSUS
from shared.queue import task_app

app = task_app(CENSUS, wiring.tasks(), wiring.census().count)
