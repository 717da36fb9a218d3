"""The reference of a write: the calls of create by boto3.client alone; rows by hand, no checks."""

import json
import os
import time
import uuid
from collections.abc import Mapping
from typing import Any

import boto3

Json = dict[str, Any]
client = boto3.client("dynamodb")


def app(event: Json, context: object) -> Json:
    bill = json.loads(event["body"])
    name = f"external#{bill['partner_id']}#{bill['external_order_id']}"
    claims = os.environ["CLAIMS_TABLE"]
    client.get_item(TableName=claims, Key=_row({"claim_id": name}), ConsistentRead=True)
    order_id, code, now = uuid.uuid4().hex, uuid.uuid4().hex[:8], str(int(time.time() * 1000))
    head = {key: bill[key] for key in ("partner_id", "group_id", "external_order_id", "currency")}
    state = {"payment_status": "new", "partner_status": "open", "short_code": code}
    basket = _row({"order_id": order_id, "version": "1"})
    basket["items"] = {"L": [{"M": _row(item)} for item in bill["items"]]}
    basket["partner"] = {"M": _row({key: str(value) for key, value in bill["partner"].items()})}
    rows = (
        ("ORDERS", "order_id", _row({"order_id": order_id, "created_at": now} | head | state)),
        ("EVENTS", "order_id", _row({"order_id": order_id, "rev": "1", "name": "created"} | state)),
        ("BASKETS", "order_id", basket),
        ("CLAIMS", "claim_id", _row({"claim_id": name, "order_id": order_id})),
        ("CLAIMS", "claim_id", _row({"claim_id": f"short_code#{code}", "order_id": order_id})),
    )
    client.transact_write_items(TransactItems=[_put(*row) for row in rows])
    body = json.dumps({"order_id": order_id, "short_code": code, "total": bill["total"]})
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": body}


def _row(values: Mapping[str, str]) -> Json:
    return {name: {"S": value} for name, value in values.items()}


def _put(table: str, key: str, row: Json) -> Json:
    return {
        "Put": {
            "TableName": os.environ[f"{table}_TABLE"],
            "Item": row,
            "ConditionExpression": f"attribute_not_exists({key})",
        }
    }
