"""Cashback on the wire: its books, for checks."""

from collections.abc import Sequence
from typing import Self

from sandbox.tables import CashbackRow
from shared.clock import from_ms, to_iso
from shared.money import Money
from shared.wire import Answer


class Movement(Answer):
    event_id: str
    kind: str
    amount: str
    currency: str
    at: str


class CashbackLedger(Answer):
    """`credited` is the sum of the movements, in minor units of their currency."""

    order_id: str
    credited: int
    entries: list[Movement]

    @classmethod
    def of(cls, order_id: str, credited: int, rows: Sequence[CashbackRow]) -> Self:
        entries = [
            Movement(
                event_id=row.event_id,
                kind=row.kind,
                amount=str(Money(row.amount, row.currency)),
                currency=row.currency,
                at=to_iso(from_ms(row.at)),
            )
            for row in rows
        ]
        return cls(order_id=order_id, credited=credited, entries=entries)
