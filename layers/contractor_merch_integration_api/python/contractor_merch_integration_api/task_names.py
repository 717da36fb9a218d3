"""The queue of contractor_merch_integration_api. A task id starts with it."""

from typing import Final

CHECK_PAYMENT: Final = "merch_check_payment"
