"""Counts of new orders, one row a restaurant and minute, by the plain client: no models here."""

from datetime import datetime, timedelta
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws
from shared.clock import to_ms
from shared.errors import Unavailable
from shared.ids import new_token

_KEPT: Final = timedelta(days=1)
_COUNT: Final = (
    "SET orders = if_not_exists(orders, :none) + :one, last_op_id = :op, expires_at = :over"
)
# A repeat of the SDK after a lost answer meets its own mark, and counts once (R5).
_ALLOWED: Final = "attribute_not_exists(orders) OR (orders < :limit AND last_op_id <> :op)"


class OrderCounts:
    """Serves ports.OrderCounter. `expires_at` only lets old rows be swept away."""

    def __init__(self, table: str) -> None:
        self._table = table

    def count(self, partner_id: str, minute: datetime, limit: int) -> bool:
        op_id = new_token()
        values = {
            ":none": {"N": "0"},
            ":one": {"N": "1"},
            ":limit": {"N": str(limit)},
            ":op": {"S": op_id},
            ":over": {"N": str(to_ms(minute + _KEPT) // 1000)},
        }
        try:
            aws.client("dynamodb").update_item(
                TableName=self._table,
                Key={"window_id": {"S": f"{partner_id}#{minute:%Y-%m-%dT%H:%M}"}},
                UpdateExpression=_COUNT,
                ConditionExpression=_ALLOWED,
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise Unavailable("storage_unavailable") from problem
            row = problem.response.get("Item", {})
            return bool(row.get("last_op_id", {}).get("S") == op_id)
        except BotoCoreError as problem:
            raise Unavailable("storage_unavailable") from problem
        return True
