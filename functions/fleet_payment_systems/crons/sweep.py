"""Every minute: wakes the tasks of fleet_payment_systems that are overdue (DESIGN 4)."""

from fleet_payment_systems import wiring
from shared.queue import cron_app

app = cron_app("fleet_payment_systems-sweep", wiring.tasks().sweep)
