"""Task qr_orders_compare_invoices: a day's orders against their invoices, by the page (R14)."""

from qr_orders import wiring
from qr_orders.task_names import COMPARE_INVOICES
from shared.queue import task_app

reconciliation = wiring.reconciliation()
app = task_app(COMPARE_INVOICES, reconciliation.tasks, reconciliation.compare, attempts_max=None)
