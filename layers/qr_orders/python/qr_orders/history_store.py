"""Reads of many orders: one query of keys, then batches of rows, however long the page."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from qr_orders.model import Order, Receipt
from qr_orders.receipt_rows import to_receipt
from qr_orders.store import from_row
from qr_orders.tables import BasketRow, OrderRow, ReceiptRow
from qr_orders.use_cases.history import Position
from shared import aws
from shared.store import Store, available

_KEYS: Final = {
    "by_user": "user_id",
    "by_partner": "partner_id",
    "by_group": "group_id",
    "by_day": "created_shard",
}
EVER: Final = (0, 10**14)


def newest_first(
    index: str, key: str, after: Position | None, most: int, span: tuple[int, int] = EVER
) -> list[Position]:
    """Orders of one partition of an index, created within `span` of milliseconds, both included."""
    name = _KEYS[index]
    asked: dict[str, Any] = {
        "TableName": os.environ["ORDERS_TABLE"],
        "IndexName": index,
        "KeyConditionExpression": f"{name} = :key AND created_at BETWEEN :since AND :until",
        "ExpressionAttributeValues": {
            ":key": {"S": key},
            ":since": {"N": str(span[0])},
            ":until": {"N": str(span[1])},
        },
        "ScanIndexForward": False,
        "Limit": most,
    }
    if after is not None:
        asked["ExclusiveStartKey"] = {
            name: {"S": key},
            "created_at": {"N": str(after.created_at)},
            "order_id": {"S": after.order_id},
        }
    with available():
        found = aws.client("dynamodb").query(**asked)["Items"]
    return [Position(int(place["created_at"]["N"]), place["order_id"]["S"]) for place in found]


class HistoryStore(Store):
    """Port Past over the tables of qr_orders. Everything but the index is read strongly (R13)."""

    def started_by(self, user_id: str, after: Position | None, most: int) -> list[Position]:
        return newest_first("by_user", user_id, after, most)

    def orders(self, order_ids: Sequence[str]) -> list[Order]:
        return [from_row(row) for row in OrderRow.find_all([(each,) for each in order_ids])]

    def partners(self, orders: Sequence[Order]) -> dict[str, Mapping[str, Any]]:
        # Without the items, which are most of a basket.
        keys = [(order.order_id, order.version) for order in orders]
        rows: list[Any] = list(
            BasketRow.find_all(keys, "order_id", "partner.name", "partner.address")
        )
        return {row.order_id: row.partner.as_dict() for row in rows}

    def receipts(self, documents: Sequence[tuple[str, str]]) -> list[Receipt]:
        return [to_receipt(row) for row in ReceiptRow.find_all(documents)]
