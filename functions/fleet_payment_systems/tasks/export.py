"""Task fps_export: writes the file of an export, a page at a time (FP-06)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.task_names import EXPORT
from shared.queue import task_app

app = task_app(EXPORT, wiring.tasks(), wiring.export_writer().write)
