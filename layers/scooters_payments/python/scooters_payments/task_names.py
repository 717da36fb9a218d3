"""The queues of scooters_payments (SPEC 0.3). A task id starts with one."""

from typing import Final

CALLBACK: Final = "scooters_payments_transactions_callback"
HOLD: Final = "scooters_payments_hold"
RELEASE: Final = "scooters_payments_release"
RIDE_EVENTS: Final = "scooters_payments_ride_events"
CLOSE_LEFT_OPEN: Final = "scooters_payments_close_left_open"
