"""The polled read (QO-04, AR-06): one BatchGetItem, without PynamoDB and pydantic.

Ten thousand tills ask once a second: what this imports and reads decides the bill.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zlib import crc32

from botocore.exceptions import BotoCoreError, ClientError

from shared import logs
from shared.clock import Clock, from_ms, to_iso, to_ms
from shared.errors import InvalidRequest, Unavailable
from shared.money import Money

_FIELDS: Final = (
    *("order_id", "partner_id", "external_order_id", "payment_status", "partner_status"),
    *("total", "refunded", "currency", "version", "updated_at", "expires_at", "last_polled_at"),
    *("silent_at", "activity_timeout_s"),
)
# A mark of an order comes within two intervals; before the third the index must know of it.
INDEX_AHEAD: Final = 3
# Of one process, of which a busy evening has some fifty (docs/polling-cost.md).
MARKS_PER_S: Final = 20
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


class MarkRoom:
    """How many marks this process may still write in a second: after an outage all are due."""

    def __init__(self) -> None:
        self._second = 0
        self._left = 0

    def take(self, second: int, wanted: int) -> int:
        """As many of `wanted` as there is room for; the rest is made up for by the next polls."""
        if second != self._second:
            self._second, self._left = second, MARKS_PER_S
        granted = min(wanted, self._left)
        self._left -= granted
        return granted


@dataclass(frozen=True, slots=True)
class Statuses:
    """`touch_interval_s`: an order's heartbeat is written at most that often (POLL_TOUCH…), or
    thrice in the time-out of a partner who has a short one.
    """

    dynamodb: Any
    clock: Clock
    touch_interval_s: int
    room: MarkRoom = field(default_factory=MarkRoom)

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
                answer = self.dynamodb.batch_get_item(RequestItems=wanted)
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
        due = [row for row in rows if "silent_at" in row and self._is_due(row, now)]
        for row in due[: self.room.take(now // 1000, len(due))]:
            self._mark(row, now)

    def _is_due(self, row: Row, now: int) -> bool:
        """After one to two intervals, each order in its own time: marks that were made together,
        after an outage, do not come together again.
        """
        timeout, seen = _number(row, "activity_timeout_s") * 1000, _seen(row)
        interval = max(1, min(self.touch_interval_s * 1000, timeout // 3))
        jitter = crc32(f"{row['order_id']['S']}{seen}".encode()) % interval
        return now - seen >= interval + jitter

    def _mark(self, row: Row, now: int) -> None:
        """The index entry moves only when it is nearly over: it costs two writes more."""
        silent_at, change = _number(row, "silent_at"), "SET last_polled_at = :now"
        values = {":now": now, ":silent": silent_at}
        same = "silent_at = :silent AND "
        if "last_polled_at" in row:
            same += "last_polled_at = :seen"
            values[":seen"] = _number(row, "last_polled_at")
        else:
            same += "attribute_not_exists(last_polled_at)"
        if silent_at - now < INDEX_AHEAD * self.touch_interval_s * 1000:
            change += ", silent_at = :later"
            values[":later"] = now + _number(row, "activity_timeout_s") * 1000
        self._update(row["order_id"]["S"], change, same, values)

    def _update(self, order_id: str, change: str, same: str, values: Mapping[str, int]) -> None:
        try:
            self.dynamodb.update_item(
                TableName=os.environ["ORDERS_TABLE"],
                Key={"order_id": {"S": order_id}},
                UpdateExpression=change,
                ConditionExpression=same,
                ExpressionAttributeValues={
                    name: {"N": str(value)} for name, value in values.items()
                },
            )
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "ConditionalCheckFailedException":
                logs.error("touch_failed", problem, order_id=order_id)
        except BotoCoreError as problem:
            logs.error("touch_failed", problem, order_id=order_id)


def _number(row: Row, name: str) -> int:
    return int(row[name]["N"])


def _seen(row: Row) -> int:
    """The last sign of life; as long as nobody polls, what else moved the order."""
    polled = _number(row, "last_polled_at") if "last_polled_at" in row else 0
    return max(polled, _number(row, "updated_at"))


def _view(row: Row) -> dict[str, Any]:
    return {
        "order_id": row["order_id"]["S"],
        "external_order_id": row["external_order_id"]["S"],
        "payment_status": row["payment_status"]["S"],
        "partner_status": row["partner_status"]["S"],
        "total": str(Money(int(row["total"]["N"]), row["currency"]["S"])),
        "refunded": str(Money(int(row["refunded"]["N"]), row["currency"]["S"])),
        "currency": row["currency"]["S"],
        "version": int(row["version"]["N"]),
        "updated_at": to_iso(from_ms(int(row["updated_at"]["N"]))),
        "expires_at": to_iso(from_ms(int(row["expires_at"]["N"]))),
    }
