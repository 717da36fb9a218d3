"""Every night: yesterday's orders are to be compared with the transactions service (R14)."""

from qr_orders import wiring
from shared.queue import cron_app

app = cron_app("qr_orders-reconcile", wiring.reconciliation().begin)
