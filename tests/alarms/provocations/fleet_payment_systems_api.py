"""Each alarm of the payment systems' callbacks: the situation that it is for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from tests.alarms.provocations.fleet_payment_systems import opened, paid, reset
from tests.fleet_payment_systems_api.street import Street

__all__ = ["PROVOKE", "opened", "reset"]


def duplicate_conflict(here: Street) -> None:
    """The same payment number once more, with another amount."""
    terminal, payment = paid(here)
    terminal.pay(replace(payment, amount="151.00"))


PROVOKE: Final[Mapping[str, Callable[[Street], None]]] = {
    "DuplicateConflictAlarm": duplicate_conflict,
}
