"""Task qr_order_expired: ends an order whose time to live is over (QO-18)."""

from qr_orders import wiring
from qr_orders.task_names import EXPIRED
from shared.queue import task_app

app = task_app(EXPIRED, wiring.tasks(), wiring.expiry().expire, attempts_max=None)
