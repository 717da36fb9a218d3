"""Every night: accounts, parks and drivers of yesterday are to be counted (FP-35, FP-36)."""

from fleet_payment_systems import wiring
from shared.queue import cron_app

app = cron_app("fleet_payment_systems-collect_metrics", wiring.census().begin)
