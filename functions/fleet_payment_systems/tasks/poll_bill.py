"""Task fps_poll_bill: looks at a driver's bill until it is paid or over (FP-19, FP-20)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.task_names import POLL_BILL
from shared.queue import task_app

app = task_app(POLL_BILL, wiring.tasks(), wiring.bill_polls().look, attempts_max=None)
