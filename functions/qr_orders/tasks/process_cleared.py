"""Task qr_order_process_cleared: a cleared payment goes to Eda and to the guest (QO-16)."""

from qr_orders import wiring
from qr_orders.task_names import PROCESS_CLEARED
from shared.queue import task_app

receipts = wiring.receipts()
app = task_app(PROCESS_CLEARED, receipts.tasks, receipts.process_cleared, attempts_max=None)
