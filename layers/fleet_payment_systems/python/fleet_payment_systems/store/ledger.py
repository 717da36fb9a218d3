"""The park's transactions as people look for them: by time, and by driver and time (FP-05)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pynamodb.expressions.condition import Condition

from fleet_payment_systems.model import Transaction, Wanted
from fleet_payment_systems.store.money import to_transaction
from fleet_payment_systems.tables import TransactionRow
from shared.clock import to_ms
from shared.store import Store, available

_MS_MAX: Final = 2**41 - 1


@dataclass(frozen=True, slots=True)
class Place:
    """A strip of the ledger: ids strictly between `low` and `high`, newest first or oldest."""

    low: int
    high: int
    newest_first: bool


class LedgerStore(Store):
    def strip(self, wanted: Wanted, after: str, newest_first: bool) -> Place:
        """What is left of the question behind `after`, "" for all: a time is a range of keys."""
        low, high = _first_id(wanted.since) - 1, _first_id(wanted.until)
        if after and newest_first:
            high = min(high, int(after))
        elif after:
            low = max(low, int(after))
        return Place(low, high, newest_first)

    def read(self, wanted: Wanted, place: Place, most: int) -> list[Transaction]:
        """The next at most `most` of the strip, of the driver if one is asked for, as they are
        now; other filters are the caller's. The driver's index may be late by a moment.
        """
        if place.high - place.low < 2:
            return []
        find = self._of_driver if wanted.driver_id else self._of_park
        with available():
            return find(wanted, place, most)

    @staticmethod
    def _of_park(wanted: Wanted, place: Place, most: int) -> list[Transaction]:
        rows = TransactionRow.query(
            wanted.park_id,
            _between(place),
            consistent_read=True,
            scan_index_forward=not place.newest_first,
            limit=most,
        )
        return [to_transaction(row) for row in rows]

    @staticmethod
    def _of_driver(wanted: Wanted, place: Place, most: int) -> list[Transaction]:
        keys: Iterator[Any] = TransactionRow.by_driver.query(
            f"{wanted.park_id}#{wanted.driver_id}",
            _between(place),
            scan_index_forward=not place.newest_first,
            limit=most,
        )
        rows = TransactionRow.find_all([(wanted.park_id, key.tx_id) for key in keys])
        found = [to_transaction(row) for row in rows]
        return sorted(found, key=lambda one: one.tx_id, reverse=place.newest_first)


def _first_id(moment: datetime) -> int:
    """The smallest tx_id of that moment."""
    return min(max(to_ms(moment), 0), _MS_MAX) << 21


def _between(place: Place) -> Condition:
    low, high = max(place.low + 1, 0), place.high - 1
    between: Condition = TransactionRow.tx_id.between(f"{low:019d}", f"{high:019d}")
    return between
