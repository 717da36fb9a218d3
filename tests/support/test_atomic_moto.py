"""The fake AWS is like the real one where moto is not: threads, tokens, time, the SDK's retries."""

import sys
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PutError
from pynamodb.models import Model

from tests.support.atomic_moto import REGION, FakeAws
from tests.support.clock import FakeClock
from tests.support.crash import fault_at
from tests.support.faults import Fault
from tests.support.refunds import TABLE, Refunds


class Row(Model):
    """A row of the same table, through PynamoDB."""

    class Meta:
        table_name = TABLE
        region = REGION

    pk = UnicodeAttribute(hash_key=True)


def put_once(refund: Refunds, writer: str) -> None:
    refund.dynamodb.put_item(
        TableName=TABLE,
        Item={"pk": {"S": "once"}, "writer": {"S": writer}},
        ConditionExpression="attribute_not_exists(pk)",
    )


def put(pk: str, value: str) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": {"pk": {"S": pk}, "amount": {"N": value}}}}


def amount(refund: Refunds, pk: str) -> str:
    item = refund.dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": pk}})["Item"]
    return str(item["amount"]["N"])


def test_lost_answer_of_a_first_write_is_repeated_by_the_sdk(refund: Refunds) -> None:
    with (
        pytest.raises(ClientError, match="ConditionalCheckFailed"),
        fault_at(1, Fault.LOST_ANSWER) as injector,
    ):
        put_once(refund, "only")

    assert [call.operation for call in injector.calls] == ["PutItem", "PutItem again"]


def test_final_lost_answer_reaches_the_caller(refund: Refunds) -> None:
    with pytest.raises(ReadTimeoutError), fault_at(1, Fault.LOST_ANSWER_FINAL):
        put_once(refund, "only")

    with pytest.raises(ClientError):
        put_once(refund, "late")


@pytest.mark.parametrize("fault", [Fault.THROTTLED_ONCE, Fault.LOST_ANSWER])
def test_sdk_absorbs_one_fault_without_sleeping(refund: Refunds, fault: Fault) -> None:
    with fault_at(1, fault):
        answer = refund.dynamodb.transact_write_items(TransactItems=[put("a", "1")])

    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_throttled_object_store_is_tried_again(aws: FakeAws) -> None:
    s3 = boto3.client("s3", config=Config(retries={"mode": "standard"}))
    place = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}

    with fault_at(1, Fault.THROTTLED_ONCE):
        answer = s3.create_bucket(Bucket="receipts", **place)

    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_eventual_reads_can_be_one_write_behind(aws: FakeAws, refund: Refunds) -> None:
    with aws.stale_reads():
        refund.dynamodb.transact_write_items(TransactItems=[put("a", "1")])
        refund.dynamodb.transact_write_items(TransactItems=[put("a", "2")])
        behind = amount(refund, "a")
        now = refund.dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": "a"}}, ConsistentRead=True)

    assert (behind, now["Item"]["amount"]["N"]) == ("1", "2")
    assert amount(refund, "a") == "2"


def test_pynamodb_passes_the_same_seam(refund: Refunds) -> None:
    with pytest.raises(PutError), fault_at(1, Fault.LOST_ANSWER) as injector:
        Row("once").save(Row.pk.does_not_exist())

    assert [call.operation for call in injector.calls] == ["PutItem", "PutItem again"]


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads change every 10 microseconds: moto without the lock then has many winners."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty_threads")
def test_put_if_absent_has_one_winner_under_eight_threads(refund: Refunds) -> None:
    def race(barrier: threading.Barrier, winners: list[str], writer: str) -> None:
        barrier.wait()
        try:
            put_once(refund, writer)
        except ClientError:
            return
        winners.append(writer)

    for _ in range(15):
        refund.reset()
        barrier, winners = threading.Barrier(8), list[str]()
        threads = [
            threading.Thread(target=race, args=(barrier, winners, str(number)))
            for number in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(winners) == 1


def test_repeated_transaction_token_writes_once(refund: Refunds) -> None:
    def transact(value: str) -> None:
        refund.dynamodb.transact_write_items(
            TransactItems=[put("a", value)], ClientRequestToken="token"
        )

    transact("1")
    refund.dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "a"}})
    transact("1")
    with pytest.raises(KeyError):
        amount(refund, "a")
    with pytest.raises(ClientError, match="IdempotentParameterMismatchException"):
        transact("2")

    refund.aws.clock.advance(600)
    transact("2")
    assert amount(refund, "a") == "2"


def test_cancelled_transaction_does_not_use_up_its_token(refund: Refunds) -> None:
    def transact() -> None:
        first = {**put("a", "1")["Put"], "ConditionExpression": "attribute_not_exists(pk)"}
        refund.dynamodb.transact_write_items(
            TransactItems=[{"Put": first}], ClientRequestToken="token"
        )

    refund.dynamodb.put_item(**put("a", "7")["Put"])
    with pytest.raises(ClientError, match="TransactionCanceled"):
        transact()
    refund.dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "a"}})
    transact()

    assert amount(refund, "a") == "1"


def test_delayed_message_follows_the_fake_clock(refund: Refunds) -> None:
    refund.sqs.send_message(QueueUrl=refund.queue, MessageBody="later", DelaySeconds=900)

    refund.aws.clock.advance(899.999)
    assert refund.sent() == set()
    refund.aws.clock.advance(0.001)
    assert refund.sent() == {"later"}


def test_received_message_comes_back_after_its_visibility_timeout(refund: Refunds) -> None:
    refund.sqs.send_message(QueueUrl=refund.queue, MessageBody="work")
    taken = refund.sqs.receive_message(QueueUrl=refund.queue, VisibilityTimeout=30)
    assert len(taken["Messages"]) == 1

    refund.aws.clock.advance(29.999)
    assert refund.sent() == set()
    refund.aws.clock.advance(0.001)
    assert refund.sent() == {"work"}


def test_long_poll_of_an_empty_queue_answers_at_once(refund: Refunds) -> None:
    answer = refund.sqs.receive_message(QueueUrl=refund.queue, WaitTimeSeconds=20)

    assert "Messages" not in answer


def test_restore_brings_rows_messages_and_time_back(refund: Refunds) -> None:
    before = refund.aws.clock.now()
    refund.transactional("a")
    refund.sweep()
    refund.aws.clock.advance(60)
    refund.reset()

    assert refund.aws.clock.now() == before
    assert refund.sent() == set()
    assert refund.transactional("a") == "refunded"


def test_clock_keeps_every_millisecond() -> None:
    clock = FakeClock()
    start = clock.now()

    for _ in range(1000):
        clock.advance(0.001)

    assert (clock.now() - start).total_seconds() == 1
    with pytest.raises(ValueError, match="back"):
        clock.advance(-1)
