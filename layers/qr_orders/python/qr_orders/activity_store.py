"""Reads of the index unpaid_by_poll, shard by shard, without a scan (QO-41)."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from qr_orders.activity_rows import POLL_SHARDS
from qr_orders.model import Order
from qr_orders.store import from_row
from qr_orders.tables import OrderRow
from qr_orders.use_cases.activity import Place
from shared import aws
from shared.clock import to_ms
from shared.store import available


class ActivityStore:
    """Port Watched. The index only finds candidates; orders are read strongly (R13)."""

    def due(self, by: datetime, after: Place | None, most: int) -> list[Place]:
        found: list[Place] = []
        for shard in range(after.shard if after else 0, POLL_SHARDS):
            here = after if after is not None and after.shard == shard else None
            found += _page(shard, by, here, most - len(found))
            if len(found) == most:
                break
        return found

    def orders(self, order_ids: Sequence[str]) -> Mapping[str, Order]:
        rows = OrderRow.find_all([(each,) for each in order_ids])
        return {row.order_id: from_row(row) for row in rows}


def _page(shard: int, by: datetime, after: Place | None, most: int) -> list[Place]:
    asked: dict[str, Any] = {
        "TableName": os.environ["ORDERS_TABLE"],
        "IndexName": "unpaid_by_poll",
        "KeyConditionExpression": "poll_shard = :shard AND silent_at <= :by",
        "ExpressionAttributeValues": {":shard": {"S": str(shard)}, ":by": {"N": str(to_ms(by))}},
        "Limit": most,
    }
    if after is not None:
        asked["ExclusiveStartKey"] = {
            "poll_shard": {"S": str(shard)},
            "silent_at": {"N": str(after.silent_at)},
            "order_id": {"S": after.order_id},
        }
    with available():
        found = aws.client("dynamodb").query(**asked)["Items"]
    return [Place(shard, int(key["silent_at"]["N"]), key["order_id"]["S"]) for key in found]
