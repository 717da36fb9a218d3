"""shared.dead_letters: a dead-letter queue is driven back into its queue (R10)."""

import json
from typing import Any

import pytest

from shared import aws
from shared.dead_letters import redrive_app
from shared.errors import NotFound
from tests.shared.conftest import TasksWorld

PREFIX_OF = "shared_poll"


@pytest.fixture
def dead(world: TasksWorld) -> str:
    """The URL of the queue's dead letters, of which there are none."""
    url = str(aws.client("sqs").create_queue(QueueName="test-shared_poll-dlq")["QueueUrl"])
    while left := aws.client("sqs").receive_message(QueueUrl=url).get("Messages"):
        aws.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=left[0]["ReceiptHandle"])
    return url


def run(world: TasksWorld, **event: Any) -> dict[str, Any]:
    app = redrive_app("shop-redrive", world.tasks.queue_url_prefix)
    answer: dict[str, Any] = app({"queue": PREFIX_OF} | event, None)
    return answer


def drop(url: str, *bodies: str) -> None:
    attributes = {"request_id": {"DataType": "String", "StringValue": "request-of-test"}}
    for body in bodies:
        aws.client("sqs").send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)


def test_operator_sees_what_lies_there_and_nothing_moves(world: TasksWorld, dead: str) -> None:
    drop(dead, "{}", "{}")

    report = run(world)

    assert (report["waiting"], len(report["seen"]), report["moved"]) == (2, 2, 0)
    assert set(report["seen"][0]) == {"message_id", "sent_at", "received"}
    assert world.received() == []


def test_what_was_looked_at_can_be_moved_at_once(world: TasksWorld, dead: str) -> None:
    drop(dead, "{}")
    run(world)

    assert run(world, dry_run=False)["moved"] == 1


def test_messages_go_back_whole(world: TasksWorld, dead: str) -> None:
    bodies = [json.dumps({"event_id": f"e-{number}"}) for number in range(12)]
    drop(dead, *bodies)

    report = run(world, dry_run=False)

    back = [*world.received(), *world.received()]
    assert (report["moved"], len(report["seen"])) == (12, 10)
    assert sorted(message["Body"] for message in back) == sorted(bodies)
    assert back[0]["MessageAttributes"]["request_id"]["StringValue"] == "request-of-test"
    assert run(world)["waiting"] == 0


def test_no_more_go_back_than_the_operator_says(world: TasksWorld, dead: str) -> None:
    drop(dead, "{}", "{}", "{}")

    assert run(world, dry_run=False, most=2)["moved"] == 2


def test_unknown_queue_is_said_by_name(world: TasksWorld) -> None:
    with pytest.raises(NotFound) as refused:
        run(world, queue="no_such_queue")

    assert refused.value.details == {"queue": "no_such_queue"}
