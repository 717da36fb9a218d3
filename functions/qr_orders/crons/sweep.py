"""Every minute: wakes the tasks of qr_orders that are overdue (DESIGN 4)."""

from qr_orders import wiring
from shared.queue import cron_app

app = cron_app("qr_orders-sweep", wiring.tasks().sweep)
