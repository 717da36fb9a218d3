"""By hand: compares a day's orders with the transactions service once more (R14)."""

from qr_orders import wiring
from qr_orders.use_cases.reconciliation import CompareDay
from shared.queue import ops_app

reconciliation = wiring.reconciliation()
app = ops_app(
    "qr_orders-compare_day",
    lambda event: reconciliation.again(CompareDay.model_validate(event)),
)
