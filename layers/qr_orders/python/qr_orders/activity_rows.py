"""What an order's row says of its till's polls, and the conditions that bind an order's time.

`silent_at`, the sparse key of the index unpaid_by_poll, is there while silence may expire the
order. Polls move it seldom (statuses.py), so it may be early: the index only finds candidates.
"""

from datetime import datetime
from typing import Any, Final
from zlib import crc32

from qr_orders.model import Order
from qr_orders.tables import OrderRow
from shared.clock import from_ms, to_ms

POLL_SHARDS: Final = 8


def activity_values(order: Order) -> dict[str, Any]:
    polled_at, silent_at = order.last_polled_at, order.silent_at
    return {
        "activity_timeout_s": order.activity_timeout_s,
        "last_polled_at": None if polled_at is None else to_ms(polled_at),
        "poll_shard": str(crc32(order.order_id.encode()) % POLL_SHARDS),
        "silent_at": None if silent_at is None else to_ms(silent_at),
    }


def activity_of(row: OrderRow) -> dict[str, Any]:
    polled_at = row.last_polled_at
    return {
        "activity_timeout_s": row.activity_timeout_s,
        "last_polled_at": None if polled_at is None else from_ms(polled_at),
    }


def expired_by(now: datetime) -> Any:
    """The order's own time is over, whatever was read of it (R15)."""
    return OrderRow.expires_at <= to_ms(now)


def not_polled_since(order: Order) -> Any:
    """No heartbeat came after the order was read."""
    if order.last_polled_at is None:
        return OrderRow.last_polled_at.does_not_exist()
    return OrderRow.last_polled_at == to_ms(order.last_polled_at)
