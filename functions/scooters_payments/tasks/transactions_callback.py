"""Queue scooters_payments_transactions_callback: news of an invoice of scooter_deposits (QO-27)."""

from scooters_payments import wiring
from scooters_payments.task_names import CALLBACK
from shared.queue import task_app

callbacks = wiring.callbacks()
app = task_app(CALLBACK, wiring.tasks(), callbacks.retry, intake=callbacks.receive)
