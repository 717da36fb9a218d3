"""Every task has its queue, and every queue the limits that keep a message from being lost."""

from inspect import getclosurevars
from typing import Any

import pytest

from tests.architecture.templates import SERVICES, STAGE, Service, differences, expect_none, service
from tests.support.aws_world import aws_world
from tests.support.intrinsics import Json

FOURTEEN_DAYS_S = 1_209_600
# What Lambda does with a queue in the function's name.
POLLING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
EVERY_SERVICE = pytest.mark.parametrize("name", SERVICES)


def queue_problems(queue: Json, mapping: Json | None, timeout_s: int, names: set[str]) -> list[str]:
    """What is wrong with one task queue, its mapping, its function's time-out and its DLQ."""
    redrive = queue.get("RedrivePolicy", {})
    dead = str(redrive.get("deadLetterTargetArn", "")).rpartition(":")[2]
    event = mapping or {}
    rules: list[tuple[bool, str]] = [
        (mapping is not None, "no function takes from it"),
        (event.get("BatchSize") == 1, "BatchSize is not 1"),
        (
            event.get("FunctionResponseTypes") == ["ReportBatchItemFailures"],
            "no ReportBatchItemFailures",
        ),
        (dead == f"{queue['QueueName']}-dlq" and dead in names, "no DLQ of its name"),
        (redrive.get("maxReceiveCount") == 8, "maxReceiveCount is not 8"),
        (queue.get("VisibilityTimeout", 30) >= 6 * timeout_s, "visibility below 6 x time-out"),
        (queue.get("MessageRetentionPeriod") == FOURTEEN_DAYS_S, "retention is not 14 days"),
        (queue.get("SqsManagedSseEnabled") is True, "not encrypted"),
    ]
    return [f"{queue['QueueName']}: {problem}" for kept, problem in rules if not kept]


def problems_of(found: Service) -> list[str]:
    queues = found.resources("AWS::SQS::Queue").values()
    names = {queue["QueueName"] for queue in queues}
    problems = []
    for queue in queues:
        if not queue["QueueName"].endswith("-dlq"):
            mapping = mapping_of(found, queue["QueueName"])
            timeout_s = timeout_of(found, mapping)
            problems += queue_problems(queue, mapping, timeout_s, names)
    return problems


def mapping_of(found: Service, queue: str) -> Json | None:
    mappings = found.resources("AWS::Lambda::EventSourceMapping").values()
    mine = [each for each in mappings if each["EventSourceArn"].endswith(f":{queue}")]
    return mine[0] if mine else None


def timeout_of(found: Service, mapping: Json | None) -> int:
    return found.functions[mapping["FunctionName"]].timeout_s if mapping else 0


@EVERY_SERVICE
def test_every_queue_keeps_its_messages(name: str) -> None:
    expect_none(problems_of(service(name)))


@EVERY_SERVICE
def test_every_dead_letter_queue_has_an_alarm(name: str) -> None:
    found = service(name)
    queues = {each["QueueName"] for each in found.resources("AWS::SQS::Queue").values()}
    watched = {
        dimension["Value"]
        for alarm in found.resources("AWS::CloudWatch::Alarm").values()
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible"
        for dimension in alarm["Dimensions"]
    }
    expect_none({queue for queue in queues if queue.endswith("-dlq")} - watched)


@EVERY_SERVICE
def test_every_task_serves_the_queue_of_its_name(name: str) -> None:
    found, problems = service(name), []
    with aws_world(name, stage=STAGE) as world:
        for function in found.functions.values():
            if function.stem.startswith("tasks."):
                task = task_name(world.load(name, function.stem).app)
                mapping = mapping_of(found, f"{STAGE}-{task}")
                if mapping is None or mapping["FunctionName"] != function.name:
                    problems.append(f"{function.stem}: queue {STAGE}-{task} does not feed it")
                if not task.endswith(f"_{function.short}"):
                    problems.append(f"{function.stem}: its task is {task}")
    expect_none(problems)


@EVERY_SERVICE
def test_every_queue_but_the_dead_letter_ones_belongs_to_a_task(name: str) -> None:
    found = service(name)
    queues = {each["QueueName"] for each in found.resources("AWS::SQS::Queue").values()}
    living = {queue for queue in queues if not queue.endswith("-dlq")}
    fed = {queue for queue in living if mapping_of(found, queue) is not None}
    expect_none(differences(living, fed, "the queues", "the mappings"))


def unswept(living: set[str], statements: list[Json]) -> set[str]:
    """The queues that a sweeper of these statements may not wake."""
    resources = [
        resource
        for statement in statements
        if "sqs:SendMessage" in statement["Action"]
        for resource in statement["Resource"]
    ]
    return living - {resource.rpartition(":")[2] for resource in resources}


@EVERY_SERVICE
def test_the_sweeper_may_wake_every_queue_of_its_service(name: str) -> None:
    found = service(name)
    queues = {each["QueueName"] for each in found.resources("AWS::SQS::Queue").values()}
    living = {queue for queue in queues if mapping_of(found, queue) is not None}
    sweepers = [each for each in found.functions.values() if each.stem == "crons.sweep"]
    statements = [row for each in sweepers for row in each.statements]
    expect_none(unswept(living, statements))


def unpolled(mapping: Json, statements: list[Json]) -> set[str]:
    """What the function of a mapping may not do with its queue."""
    queue = mapping["EventSourceArn"]
    granted = [each["Action"] for each in statements if queue in each["Resource"]]
    return POLLING - {action for actions in granted for action in actions}


@EVERY_SERVICE
def test_a_function_may_take_from_the_queue_that_feeds_it(name: str) -> None:
    """SAM grants it for an SQS event, of every queue; a mapping of its own has what is stated."""
    found = service(name)
    mappings = found.resources("AWS::Lambda::EventSourceMapping").values()
    functions = [found.functions[each["FunctionName"]] for each in mappings]
    expect_none(
        f"{function.stem}: may not {action}"
        for mapping, function in zip(mappings, functions, strict=True)
        for action in sorted(unpolled(mapping, function.statements))
    )


def test_a_function_that_may_not_take_from_its_queue_is_reported() -> None:
    statements = [
        {"Action": sorted(POLLING), "Resource": ["arn:another"]},
        {"Action": ["sqs:SendMessage", "sqs:ReceiveMessage"], "Resource": ["arn:queue"]},
    ]
    found = unpolled({"EventSourceArn": "arn:queue"}, statements)
    assert found == {"sqs:DeleteMessage", "sqs:GetQueueAttributes"}


def test_a_queue_that_no_sweeper_may_wake_is_reported() -> None:
    statement = {"Action": ["sqs:SendMessage"], "Resource": ["arn:aws:sqs:eu:1:test-shop_sell"]}
    assert unswept({"test-shop_sell", "test-shop_ship"}, [statement]) == {"test-shop_ship"}


def task_name(app: Any) -> str:
    """The first argument of shared.queue.task_app, as its app keeps it."""
    return str(getclosurevars(app).nonlocals["name"])


_GOOD_QUEUE: Json = {
    "QueueName": "test-shop_sell",
    "VisibilityTimeout": 180,
    "MessageRetentionPeriod": FOURTEEN_DAYS_S,
    "SqsManagedSseEnabled": True,
    "RedrivePolicy": {"deadLetterTargetArn": "arn:q:test-shop_sell-dlq", "maxReceiveCount": 8},
}
_GOOD_MAPPING: Json = {"BatchSize": 1, "FunctionResponseTypes": ["ReportBatchItemFailures"]}


@pytest.mark.parametrize(
    ("queue", "mapping", "problems"),
    [
        ({}, {}, []),
        ({"VisibilityTimeout": 179}, {}, ["visibility below 6 x time-out"]),
        ({"MessageRetentionPeriod": 3600}, {}, ["retention is not 14 days"]),
        ({"RedrivePolicy": {"maxReceiveCount": 8}}, {}, ["no DLQ of its name"]),
        ({}, {"BatchSize": 10}, ["BatchSize is not 1"]),
        ({}, {"FunctionResponseTypes": []}, ["no ReportBatchItemFailures"]),
    ],
)
def test_a_queue_that_could_lose_a_message_is_reported(
    queue: Json, mapping: Json, problems: list[str]
) -> None:
    names = {"test-shop_sell", "test-shop_sell-dlq"}
    found = queue_problems(_GOOD_QUEUE | queue, _GOOD_MAPPING | mapping, 30, names)
    assert found == [f"test-shop_sell: {problem}" for problem in problems]
