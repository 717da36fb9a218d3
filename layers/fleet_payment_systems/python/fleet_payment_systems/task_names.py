"""The queues of fleet_payment_systems. A task id starts with one."""

from typing import Final

CREDIT: Final = "fps_credit"
EXPORT: Final = "fps_export"
POLL_BILL: Final = "fps_poll_bill"
TOKEN_NOTICE: Final = "fps_token_notice"
CENSUS: Final = "fps_census"
REPAIR: Final = "fps_repair_wallet"
