"""Each alarm of the payment systems' callbacks: the situation that it is for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from tests.alarms import bills
from tests.alarms.provocations.fleet_payment_systems import SYSTEM, opened, paid, reset
from tests.fleet_payment_systems_api.street import Street

__all__ = ["PROVOKE", "opened", "reset"]


def duplicate_conflict(here: Street) -> None:
    """The same payment number once more, with another amount."""
    terminal, payment = paid(here)
    terminal.pay(replace(payment, amount="151.00"))


def no_lookup(here: Street) -> None:
    """The books of the fleet find no driver, ten times."""
    terminal = here.terminal(SYSTEM, here.wallet(SYSTEM))
    for _ in range(10):
        here.breaks("fleet_transactions", 1)
        assert not terminal.pay(here.payment(terminal)).ok


PROVOKE: Final[Mapping[str, Callable[[Street], None]]] = {
    "DuplicateConflictAlarm": duplicate_conflict,
    "DriverLookupAlarm": no_lookup,
    "TryLaterAlarm": no_lookup,
    "BillMismatchAlarm": bills.false_news,
}
