"""Every minute: how many orders are in which status, and which are stuck (QO-20)."""

from qr_orders import wiring
from shared.queue import cron_app

app = cron_app("qr_orders-collect_metrics", wiring.census().take)
