"""Task qr_order_render_receipt: the fiscal receipt becomes a PDF in S3 (QO-17, RC-08)."""

from qr_orders import wiring
from qr_orders.task_names import RENDER_RECEIPT
from shared.queue import task_app

receipts = wiring.receipts()
app = task_app(RENDER_RECEIPT, receipts.tasks, receipts.render, attempts_max=None)
