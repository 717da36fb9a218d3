"""By hand: writes the orders of a day to the reports' bucket."""

from qr_orders import wiring
from qr_orders.use_cases.day_export import ExportDay
from shared.queue import ops_app

export = wiring.day_export()
app = ops_app("qr_orders-export_day", lambda event: export.run(ExportDay.model_validate(event)))
