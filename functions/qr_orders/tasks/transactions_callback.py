"""Queue qr_orders_transactions_callback: news of an invoice of qr_payments (QO-12)."""

from qr_orders import wiring
from qr_orders.task_names import CALLBACK
from shared.queue import task_app

callbacks = wiring.callbacks()
app = task_app(CALLBACK, wiring.tasks(), callbacks.retry, intake=callbacks.receive)
