"""Task qr_order_update_transactions: the engine gets the basket after a refund (QO-15)."""

from qr_orders import wiring
from qr_orders.task_names import UPDATE_TRANSACTIONS
from shared.queue import task_app

app = task_app(UPDATE_TRANSACTIONS, wiring.tasks(), wiring.refunds().update, attempts_max=None)
