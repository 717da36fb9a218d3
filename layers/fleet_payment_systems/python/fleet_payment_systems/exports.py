"""Files of transactions that people ask for, and their totals. No IO."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from fleet_payment_systems.model import Transaction, Wanted


class ExportState(StrEnum):
    ACCEPTED = "accepted"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Sum:
    """Of `count` transactions, in signed minor units: a reversal counts against."""

    count: int = 0
    amount: int = 0
    commission: int = 0

    def plus(self, other: "Sum") -> "Sum":
        return Sum(
            self.count + other.count,
            self.amount + other.amount,
            self.commission + other.commission,
        )


# By (currency, state).
Sums = Mapping[tuple[str, str], Sum]


def added(sums: Sums, more: Sums) -> dict[tuple[str, str], Sum]:
    return {key: sums.get(key, Sum()).plus(more.get(key, Sum())) for key in {**sums, **more}}


def sums_of(transactions: Iterable[Transaction]) -> dict[tuple[str, str], Sum]:
    """Totals by currency and state. Never over several currencies."""
    found: dict[tuple[str, str], Sum] = {}
    for one in transactions:
        key = (one.amount.currency, one.state.value)
        own = Sum(1, one.sign * one.amount.minor, one.sign * one.commission.minor)
        found[key] = found.get(key, Sum()).plus(own)
    return found


@dataclass(frozen=True, slots=True)
class Export:
    """A file of a park's transactions, ordered by `author` (FP-06). `rows` are those so far."""

    export_id: str
    wanted: Wanted
    mark: str
    kind: str
    bom: bool
    author: str
    state: ExportState
    version: int
    created_at: datetime
    updated_at: datetime
    rows: int = 0
    sums: Sums = field(default_factory=dict)
    reason: str = ""

    @property
    def key(self) -> str:
        """Where the file lies in the bucket."""
        return f"exports/{self.wanted.park_id}/{self.export_id}.{self.kind}"
