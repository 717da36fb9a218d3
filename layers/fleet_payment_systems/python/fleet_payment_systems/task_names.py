"""The queues of fleet_payment_systems. A task id starts with one."""

from typing import Final

CREDIT: Final = "fps_credit"
EXPORT: Final = "fps_export"
POLL_BILL: Final = "fps_poll_bill"
