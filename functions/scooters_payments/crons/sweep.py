"""Every minute: wakes the tasks of scooters_payments that are overdue (DESIGN 4)."""

from scooters_payments import wiring
from shared.queue import cron_app

app = cron_app("scooters_payments-sweep", wiring.tasks().sweep)
