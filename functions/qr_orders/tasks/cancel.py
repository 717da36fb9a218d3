"""Task qr_orders_cancel: gives back what an unwanted invoice holds (QO-14, QO-35)."""

from qr_orders import wiring
from qr_orders.task_names import CANCEL
from shared.queue import task_app

app = task_app(CANCEL, wiring.tasks(), wiring.cancels().void, attempts_max=None)
