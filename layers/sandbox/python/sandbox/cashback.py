"""Cashback (SPEC B.4): hears of payments on the bus, asks what they bring, credits, tells.

How it tells is chosen by the guest's id, anywhere in it: `cashback-dup`, `-lost`, `-late`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.clients import QrOrders
from sandbox.tables import CashbackRow
from shared import aws
from shared.clock import Clock, from_ms, to_iso, to_ms
from shared.money import Money
from shared.store import ConditionFailed, Transaction, commit

_QUEUE: Final = "qr_order_cashback_notify"
_LATE_S: Final = 30


@dataclass(frozen=True, slots=True)
class Cashback:
    qr_orders: QrOrders
    queue_url_prefix: str
    clock: Clock

    def hear(self, kind: str, event: Mapping[str, Any]) -> None:
        """One event of the bus, as often as it comes: `event_id` makes it one movement.

        A refund takes back, on these books alone, what was credited above the net sum's cashback.
        """
        order_id, event_id = event["order_id"], event["event_id"]
        row = CashbackRow.find(order_id, event_id)
        if row is None:
            row = self._book(kind, order_id, event_id)
        if row.kind == "credit" and row.amount:
            self._tell(row, event["user_id"])

    def ledger(self, order_id: str) -> tuple[int, list[CashbackRow]]:
        """What the guest has of an order, in minor units, and the movements that made it."""
        rows = list(CashbackRow.query(order_id, consistent_read=True))
        return sum(_signed(row) for row in rows), sorted(rows, key=lambda row: row.at)

    def _book(self, kind: str, order_id: str, event_id: str) -> CashbackRow:
        due, (balance, _rows) = self.qr_orders.cashback(order_id), self.ledger(order_id)
        is_credit = kind == "payment.cleared"
        row = CashbackRow(
            order_id,
            event_id,
            kind="credit" if is_credit else "clawback",
            amount=due.minor if is_credit else max(0, balance - due.minor),
            currency=due.currency,
            at=to_ms(self.clock.now()),
        )
        transaction = Transaction()
        transaction.put(row, "cashback")
        try:
            commit(transaction)
        except ConditionFailed:
            return CashbackRow.get(order_id, event_id, consistent_read=True)
        return row

    def _tell(self, row: CashbackRow, user_id: str) -> None:
        message = {
            "ticket_id": f"cb-{row.event_id}",
            "order_id": row.order_id,
            "amount": str(Money(row.amount, row.currency)),
            "currency": row.currency,
            "credited_at": to_iso(from_ms(row.at)),
        }
        copies = 0 if "cashback-lost" in user_id else 2 if "cashback-dup" in user_id else 1
        for _ in range(copies):
            aws.client("sqs").send_message(
                QueueUrl=self.queue_url_prefix + _QUEUE,
                MessageBody=json.dumps(message),
                DelaySeconds=_LATE_S if "cashback-late" in user_id else 0,
            )


def _signed(row: CashbackRow) -> int:
    return row.amount if row.kind == "credit" else -row.amount
