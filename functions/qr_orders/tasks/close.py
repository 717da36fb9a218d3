"""Task qr_orders_close: clears the hold of a closed order (QO-13)."""

from qr_orders import wiring
from qr_orders.task_names import CLOSE
from shared.queue import task_app

app = task_app(CLOSE, wiring.tasks(), wiring.payments().close, attempts_max=None)
