"""Every minute: wakes the tasks of contractor_merch_integration_api that are overdue (DESIGN 4)."""

from contractor_merch_integration_api import wiring
from shared.queue import cron_app

app = cron_app("contractor_merch_integration_api-sweep", wiring.tasks().sweep)
