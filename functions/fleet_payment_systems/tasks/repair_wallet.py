"""Task fps_repair_wallet: copies a wallet that a write may have left half done (FP-22)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.task_names import REPAIR
from shared.queue import task_app

app = task_app(REPAIR, wiring.tasks(), wiring.repairing())
