"""The metrics that AWS itself emits for resources of a template, at their worst."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import EndpointConnectionError

from shared import aws
from tests.alarms.signals import Datum
from tests.alarms.templates import metrics_of
from tests.architecture.templates import STAGE, Function, Service
from tests.support.aws_world import aws_world
from tests.support.intrinsics import ROOT, Json

_CALLS = 20


def data_of(found: Service, alarm: Json) -> list[Datum]:
    """What the resources that an alarm names would emit; none for what the template has not."""
    return [datum for metric in metrics_of(alarm) for datum in _worst(found, metric)]


def _worst(found: Service, metric: Json) -> Iterator[Datum]:
    namespace, name = metric["Namespace"], metric["MetricName"]
    [dimension] = metric["Dimensions"]
    kind, subject = dimension["Name"], dimension["Value"]
    makers = {
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName"): _dead_letters,
        ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName"): _age_s,
        ("AWS/ApiGateway", "5xx", "ApiId"): _calls,
        ("AWS/ApiGateway", "Count", "ApiId"): _calls,
        ("AWS/ApiGateway", "Latency", "ApiId"): _latency_ms,
        ("AWS/Lambda", "Errors", "FunctionName"): _errors,
    }
    maker = makers.get((namespace, name, kind))
    value = maker(found, subject) if maker else 0
    if value:
        yield Datum(namespace, name, frozenset({(kind, subject)}), value)


def _dead_letters(found: Service, queue: str) -> int:
    """A message that nobody can handle falls into `queue`, as its template says."""
    queues = found.resources("AWS::SQS::Queue").values()
    sources = [each for each in queues if _dead(each) == queue]
    for source in sources:
        return _fallen(queue, int(source["RedrivePolicy"]["maxReceiveCount"]))
    functions = found.resources("AWS::Lambda::Function").values()
    targets = [str(each.get("DeadLetterConfig", {}).get("TargetArn", "")) for each in functions]
    return int(any(target.endswith(f":{queue}") for target in targets))


def _dead(queue: Json) -> str:
    return str(queue.get("RedrivePolicy", {}).get("deadLetterTargetArn", "")).rpartition(":")[2]


def _fallen(dead: str, most: int) -> int:
    with aws_world(stage=STAGE):
        sqs = aws.client("sqs")
        url = sqs.create_queue(QueueName=dead)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        policy = {"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": most}
        attributes = {"RedrivePolicy": json.dumps(policy), "VisibilityTimeout": "0"}
        source = sqs.create_queue(QueueName="source", Attributes=attributes)["QueueUrl"]
        sqs.send_message(QueueUrl=source, MessageBody="none of ours")
        for _ in range(most + 1):
            sqs.receive_message(QueueUrl=source)
        wanted = "ApproximateNumberOfMessages"
        depth = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[wanted])["Attributes"]
    return int(depth[wanted])


def _age_s(found: Service, queue: str) -> int:
    """A message that is never taken is as old as its queue keeps it."""
    queues = found.resources("AWS::SQS::Queue").values()
    kept = [each["MessageRetentionPeriod"] for each in queues if each["QueueName"] == queue]
    return int(max(kept, default=0))


def _calls(found: Service, api: str) -> int:
    """Functions that do not start make every call of their API a 5xx."""
    return _CALLS if api in found.resources("AWS::ApiGatewayV2::Api") and found.routes else 0


def _latency_ms(found: Service, api: str) -> int:
    """A call takes as long as the slowest function behind the API may."""
    if api not in found.resources("AWS::ApiGatewayV2::Api"):
        return 0
    behind = {route.function for route in found.routes} & set(found.functions)
    return 1000 * max((found.functions[name].timeout_s for name in behind), default=0)


def _errors(found: Service, name: str) -> int:
    """The function is invoked with its sample event while AWS is away: it must raise, for one that
    answers would never count as an error.
    """
    function = found.functions.get(name)
    return 0 if function is None else _raises(found, function)


def _raises(found: Service, function: Function) -> int:
    event = json.loads((ROOT / f"events/{found.name}/{function.short}.json").read_text("utf-8"))
    with aws_world(found.name, stage=STAGE) as world:
        module = world.load(found.name, function.stem)
        try:
            with away():
                world.run(module, event)
        except Exception:
            return 1
    return 0


@contextmanager
def away() -> Iterator[None]:
    """Inside, no call of AWS is answered."""

    def refuse(client: Any, operation: str, _parameters: Json) -> None:
        raise EndpointConnectionError(endpoint_url=f"{client.meta.endpoint_url} {operation}")

    with patch.object(BaseClient, "_make_api_call", refuse):
        yield
