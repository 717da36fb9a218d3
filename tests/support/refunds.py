"""A small refund in three versions, two of them wrong: what the harness is tried on."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.support.atomic_moto import FakeAws, Snapshot

TABLE = "harness-refunds"
CAPTURED = 100
Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refunds:
    """An order of 100 captured with refunds of 60; each refund sends one message."""

    dynamodb: Any
    sqs: Any
    queue: str
    aws: FakeAws
    empty: Snapshot

    def reset(self) -> None:
        self.aws.restore(self.empty)

    def naive(self, refund: str, amount: int = 60) -> None:
        """Reads, checks, writes the row, increments: a race and two commits."""
        if self._refunded() + amount > CAPTURED:
            return
        self.dynamodb.put_item(TableName=TABLE, Item=_row(refund, amount))
        self._increment(amount)
        self._send(refund)

    def sends_first(self, refund: str, amount: int = 60) -> None:
        """Sends before it commits."""
        self._send(refund)
        self.transactional(refund, amount)

    def transactional(self, refund: str, amount: int = 60) -> str:
        """One transaction: the bound in its condition, the row, the task of sending."""
        try:
            self.dynamodb.transact_write_items(
                TransactItems=[
                    {"Update": {"TableName": TABLE, **_guarded_update(amount)}},
                    {"Put": {"TableName": TABLE, "Item": _row(refund, amount), **_NEW}},
                    {"Put": {"TableName": TABLE, "Item": _row(f"task-{refund}", 0), **_NEW}},
                ]
            )
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "refunded"

    def sweep(self) -> None:
        """Sends what a committed task row asks for."""
        for row in self._rows():
            if row["pk"]["S"].startswith("task-"):
                self._send(row["pk"]["S"].removeprefix("task-"))
                self.dynamodb.delete_item(TableName=TABLE, Key={"pk": row["pk"]})

    def check(self, *_: object) -> None:
        rows = {row["pk"]["S"]: int(row["amount"]["N"]) for row in self._rows()}
        refunded = rows.pop("order")
        assert refunded <= CAPTURED, f"over-refund: {refunded}"
        assert refunded == sum(rows.values()), f"total {refunded}, rows {rows}"
        done = {pk for pk in rows if not pk.startswith("task-")}
        assert self.sent() == done, f"sent {self.sent()}, refunded {done}"

    def check_totals(self, *_: object) -> None:
        assert self._refunded() <= CAPTURED, "over-refund"

    def sent(self) -> set[str]:
        """The bodies on the queue, left there."""
        answer = self.sqs.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return {message["Body"] for message in answer.get("Messages", [])}

    def _refunded(self) -> int:
        answer = self.dynamodb.get_item(TableName=TABLE, Key=_key("order"), ConsistentRead=True)
        return int(answer["Item"]["amount"]["N"])

    def _rows(self) -> list[Item]:
        rows: list[Item] = self.dynamodb.scan(TableName=TABLE, ConsistentRead=True)["Items"]
        return rows

    def _increment(self, amount: int) -> None:
        self.dynamodb.update_item(
            TableName=TABLE,
            Key=_key("order"),
            UpdateExpression="ADD amount :amount",
            ExpressionAttributeValues={":amount": {"N": str(amount)}},
        )

    def _send(self, refund: str) -> None:
        self.sqs.send_message(QueueUrl=self.queue, MessageBody=refund)


_NEW = {"ConditionExpression": "attribute_not_exists(pk)"}


def _key(pk: str) -> Item:
    return {"pk": {"S": pk}}


def _row(pk: str, amount: int) -> Item:
    return {**_key(pk), "amount": {"N": str(amount)}}


def _guarded_update(amount: int) -> Item:
    return {
        "Key": _key("order"),
        "UpdateExpression": "SET amount = amount + :amount",
        "ConditionExpression": "amount <= :most",
        "ExpressionAttributeValues": {
            ":amount": {"N": str(amount)},
            ":most": {"N": str(CAPTURED - amount)},
        },
    }


def refunds(aws: FakeAws, dynamodb: Any, sqs: Any) -> Refunds:
    """The table, the queue and one order, made in `aws`."""
    dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    queue = sqs.create_queue(QueueName=TABLE)["QueueUrl"]
    dynamodb.put_item(TableName=TABLE, Item=_row("order", 0))
    return Refunds(dynamodb, sqs, queue, aws, aws.snapshot())
