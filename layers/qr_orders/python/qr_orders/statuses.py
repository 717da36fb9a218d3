"""The polled read (QO-04, AR-06): one BatchGetItem, without PynamoDB and pydantic.

Ten thousand tills ask once a second: what this imports and reads decides the bill.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws, logs
from shared.clock import Clock, from_ms, to_iso, to_ms
from shared.errors import InvalidRequest, Unavailable
from shared.money import Money

_FIELDS: Final = (
    *("order_id", "partner_id", "external_order_id", "payment_status", "partner_status"),
    *("total", "currency", "version", "updated_at", "expires_at", "last_polled_at"),
)
_ROUNDS: Final = 3
ORDERS_MAX: Final = 100
PARTNERS_MAX: Final = 1000
ID_LENGTH_MAX: Final = 64
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    order_ids: list[str]
    partner_ids: list[str]
    touch: bool


def parse_query(body: object) -> Query:
    """{"order_ids": 1..100, "partner_ids": 1..1000, "touch_activity"?: bool}, checked by hand."""
    found = body if isinstance(body, dict) else {}
    touch = found.get("touch_activity", False)
    if not isinstance(touch, bool):
        raise InvalidRequest("validation_failed", fields=[{"field": "touch_activity"}])
    order_ids = _ids(found, "order_ids", ORDERS_MAX)
    return Query(list(dict.fromkeys(order_ids)), _ids(found, "partner_ids", PARTNERS_MAX), touch)


def _ids(found: Mapping[str, object], name: str, most: int) -> list[str]:
    ids = found.get(name)
    if not isinstance(ids, list) or not 1 <= len(ids) <= most:
        raise InvalidRequest("validation_failed", fields=[{"field": name}])
    if not all(isinstance(one, str) and 0 < len(one) <= ID_LENGTH_MAX for one in ids):
        raise InvalidRequest("validation_failed", fields=[{"field": name}])
    return ids


@dataclass(frozen=True, slots=True)
class Statuses:
    """`touch_interval_s`: an order's heartbeat is written at most that often (POLL_TOUCH…)."""

    clock: Clock
    touch_interval_s: int

    def of(
        self, order_ids: Collection[str], partner_ids: Collection[str], touch: bool
    ) -> dict[str, Any]:
        """Statuses of at most 100 orders; those of other partners are as unknown as no order."""
        owners = frozenset(partner_ids)
        rows = [row for row in self._read(order_ids) if row["partner_id"]["S"] in owners]
        if touch:
            self._touch(rows)
        found = {row["order_id"]["S"]: _view(row) for row in rows}
        return {
            "orders": [found[order_id] for order_id in order_ids if order_id in found],
            "not_found": [order_id for order_id in order_ids if order_id not in found],
        }

    def _read(self, order_ids: Collection[str]) -> list[Row]:
        table = os.environ["ORDERS_TABLE"]
        wanted: dict[str, Any] = {
            table: {
                "Keys": [{"order_id": {"S": order_id}} for order_id in order_ids],
                "ProjectionExpression": ",".join(f"#{index}" for index in range(len(_FIELDS))),
                "ExpressionAttributeNames": {
                    f"#{index}": name for index, name in enumerate(_FIELDS)
                },
            }
        }
        rows: list[Row] = []
        try:
            for _ in range(_ROUNDS):
                answer = aws.client("dynamodb").batch_get_item(RequestItems=wanted)
                rows += answer["Responses"].get(table, [])
                wanted = answer.get("UnprocessedKeys") or {}
                if not wanted:
                    return rows
        except (BotoCoreError, ClientError) as problem:
            raise Unavailable("storage_unavailable") from problem
        raise Unavailable("storage_unavailable")

    def _touch(self, rows: list[Row]) -> None:
        """The till's heartbeat, only of orders that silence may expire. Never fails a poll."""
        now = to_ms(self.clock.now())
        for row in rows:
            seen = int(row.get("last_polled_at", {"N": "0"})["N"])
            if _unpaid(row) and now - seen >= self.touch_interval_s * 1000:
                _mark(row["order_id"]["S"], seen, now)


def _unpaid(row: Row) -> bool:
    waiting = row["payment_status"]["S"] in ("new", "hold_failed")
    return waiting and row["partner_status"]["S"] == "open"


def _mark(order_id: str, seen: int, now: int) -> None:
    before = "last_polled_at = :seen" if seen else "attribute_not_exists(last_polled_at)"
    values = {":now": {"N": str(now)}} | ({":seen": {"N": str(seen)}} if seen else {})
    try:
        aws.client("dynamodb").update_item(
            TableName=os.environ["ORDERS_TABLE"],
            Key={"order_id": {"S": order_id}},
            UpdateExpression="SET last_polled_at = :now",
            ConditionExpression=f"attribute_exists(order_id) AND {before}",
            ExpressionAttributeValues=values,
        )
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ConditionalCheckFailedException":
            logs.error("touch_failed", problem, order_id=order_id)
    except BotoCoreError as problem:
        logs.error("touch_failed", problem, order_id=order_id)


def _view(row: Row) -> dict[str, Any]:
    return {
        "order_id": row["order_id"]["S"],
        "external_order_id": row["external_order_id"]["S"],
        "payment_status": row["payment_status"]["S"],
        "partner_status": row["partner_status"]["S"],
        "total": str(Money(int(row["total"]["N"]), row["currency"]["S"])),
        "currency": row["currency"]["S"],
        "version": int(row["version"]["N"]),
        "updated_at": to_iso(from_ms(int(row["updated_at"]["N"]))),
        "expires_at": to_iso(from_ms(int(row["expires_at"]["N"]))),
    }
