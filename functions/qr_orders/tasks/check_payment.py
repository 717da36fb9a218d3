"""Task qr_order_check_payment: looks at a payment until it needs no look (QO-39)."""

from qr_orders import wiring
from qr_orders.task_names import CHECK_PAYMENT
from shared.queue import task_app

app = task_app(CHECK_PAYMENT, wiring.tasks(), wiring.payments().watch, attempts_max=None)
