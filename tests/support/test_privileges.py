"""The watch over what functions ask of AWS: whose call it is, which action on what."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import aws
from tests.support import calls, privileges
from tests.support.aws_world import aws_world
from tests.support.privileges import Use

_TABLE = "dynamodb:table/shop-goods"
_NAME = "test-shop-goods"
_KEY = {"TableName": _NAME, "Key": {"id": {"S": "1"}}}
_ID = [{"AttributeName": "id", "KeyType": "HASH"}]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[Use]]:
    """What the watch notes inside a test, where a shop has one table."""
    notes: set[Use] = set()
    monkeypatch.setattr(privileges, "SEEN", notes)
    with aws_world():
        aws.client("dynamodb").create_table(
            TableName=_NAME,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=_ID,
            GlobalSecondaryIndexes=[
                {"IndexName": "by_id", "KeySchema": _ID, "Projection": {"ProjectionType": "ALL"}}
            ],
        )
        yield notes


def test_a_call_is_of_the_function_that_runs(seen: set[Use]) -> None:
    with privileges.running("shop/sell"):
        aws.client("dynamodb").get_item(**_KEY)

    assert seen == {("shop/sell", "dynamodb:GetItem", _TABLE)}


def test_calls_of_the_world_outside_are_nobody_s(seen: set[Use]) -> None:
    with privileges.running("shop/sell"), calls.outside():
        aws.client("dynamodb").get_item(**_KEY)

    assert seen == set()


def test_what_is_seen_while_a_bug_is_planted_is_forgotten(seen: set[Use]) -> None:
    with privileges.running("shop/sell"):
        aws.client("dynamodb").get_item(**_KEY)
        with privileges.forgetting():
            aws.client("dynamodb").delete_item(**_KEY)

    assert seen == {("shop/sell", "dynamodb:GetItem", _TABLE)}


def test_each_part_of_a_transaction_is_an_action_of_its_own(seen: set[Use]) -> None:
    other = {"TableName": _NAME, "Key": {"id": {"S": "2"}}}
    check = other | {"ConditionExpression": "attribute_not_exists(id)"}
    with privileges.running("shop/sell"):
        aws.client("dynamodb").transact_write_items(
            TransactItems=[{"Delete": _KEY}, {"ConditionCheck": check}]
        )

    assert seen == {
        ("shop/sell", "dynamodb:DeleteItem", _TABLE),
        ("shop/sell", "dynamodb:ConditionCheckItem", _TABLE),
    }


def test_an_index_is_a_resource_of_its_own(seen: set[Use]) -> None:
    with privileges.running("shop/sell"):
        aws.client("dynamodb").query(
            TableName=_NAME,
            IndexName="by_id",
            KeyConditionExpression="id = :id",
            ExpressionAttributeValues={":id": {"S": "1"}},
        )

    assert seen == {("shop/sell", "dynamodb:Query", f"{_TABLE}/index/by_id")}


def test_what_is_in_no_template_is_not_noted(seen: set[Use]) -> None:
    with privileges.running("shop/sell"), pytest.raises(Exception, match="not found"):
        aws.client("dynamodb").get_item(TableName="elsewhere", Key={"id": {"S": "1"}})

    assert seen == set()


def test_signing_a_link_is_using_the_right_that_it_gives(seen: set[Use]) -> None:
    with privileges.running("shop/bill"):
        aws.client("s3").generate_presigned_url(
            "get_object", Params={"Bucket": "test-shop-bills", "Key": "bills/1.pdf"}
        )

    assert seen == {("shop/bill", "s3:GetObject", "s3:shop-bills/bills/1.pdf")}


@pytest.mark.parametrize(
    ("arn", "said"),
    [
        ("arn:aws:dynamodb:eu-central-1:123456789012:table/test-shop-goods", _TABLE),
        ("arn:aws:sqs:eu-central-1:123456789012:test-shop_ship", "sqs:shop_ship"),
        ("arn:aws:s3:::test-shop-bills/bills/*", "s3:shop-bills/bills/*"),
        ("arn:aws:kms:eu-central-1:123456789012:alias/Key", "kms:Key"),
        ("arn:aws:lambda:eu-central-1:1:function:test-shop-sell", "lambda:function:shop-sell"),
        ("test/shop/pepper", "shop/pepper"),
        ("arn:aws:secretsmanager:eu-central-1:1:secret:test/shop/pepper", "shop/pepper"),
    ],
)
def test_a_resource_stands_without_place_account_and_stage(arn: str, said: str) -> None:
    assert privileges.short(arn) == said


def test_what_the_processes_of_a_run_have_seen_is_put_together(
    seen: set[Use], tmp_path: Path
) -> None:
    for worker in ("gw0", "gw1"):
        seen |= {(worker, "sqs:SendMessage", "sqs:shop_ship")}
        privileges.keep(worker, tmp_path)

    assert {function for function, *_ in privileges.kept(tmp_path)} == {"gw0", "gw1"}
    privileges.begin(tmp_path)
    assert privileges.kept(tmp_path) == set()
