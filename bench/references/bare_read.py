"""The reference of the polled read: boto3.client, one BatchGetItem, no checks, no framework."""

import json
import os
from typing import Any

import boto3

client = boto3.client("dynamodb")


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    table = os.environ["ORDERS_TABLE"]
    keys = [{"order_id": {"S": one}} for one in json.loads(event["body"])["order_ids"]]
    answer = client.batch_get_item(RequestItems={table: {"Keys": keys}})
    orders = [
        {name: next(iter(value.values())) for name, value in row.items()}
        for row in answer["Responses"][table]
    ]
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"orders": orders}),
    }
