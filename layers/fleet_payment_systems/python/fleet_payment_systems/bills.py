"""A bill that a driver pays to his park through a payment system's own page or app. No IO."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fleet_payment_systems.model import Step
from shared.money import Money

UNPAID: Final = frozenset({Step.ISSUING, Step.ISSUED})
"""A bill of these waits for its driver; a wallet has one such a driver (FP-12)."""
OVER: Final = frozenset({Step.DECLINED, Step.TIMEOUT})
"""A bill of these has ended unpaid, as far as we know."""


class BillStatus(StrEnum):
    """What a payment system says of a bill."""

    WAITING = "waiting"
    PAID = "paid"
    ENDED = "ended"
    """For good, and unpaid."""
    MISSING = "missing"
    """The system has no such bill."""
    UNKNOWN = "unknown"
    """It could not be asked, or its answer could not be read."""


@dataclass(frozen=True, slots=True)
class Payer:
    """A driver of a park, as a backend that we believe names him (FP-45)."""

    park_id: str
    driver_id: str
    caller: str


@dataclass(frozen=True, slots=True)
class Bill:
    """`number` is ours, unique for ever; `payer` a phone of digits alone, or an e-mail."""

    number: str
    park_id: str
    driver_id: str
    payer: str
    amount: Money
    lifetime_s: int


@dataclass(frozen=True, slots=True)
class Seen:
    """`amount` is what was paid, when it was; `detail` is the system's own word of the status."""

    status: BillStatus
    amount: Money | None = None
    detail: str = ""
