"""Each sample event is one that AWS sends: what a developer invokes is what happens (AR-21)."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.architecture.callers import authorizers, kind
from tests.architecture.templates import SERVICES, STAGE, Route, Service, expect_none, service
from tests.support.intrinsics import Json

# Where the gateway puts what an authorisation has found out.
_AUTHORIZER = {"AWS_IAM": "iam", "JWT": "jwt", "CUSTOM": "lambda"}


def http_problems(event: Json, route: Route) -> Iterator[str]:
    """Of an event of version 2.0 at a route of a template."""
    method, _, template = route.key.partition(" ")
    http = event["requestContext"]["http"]
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
    found = re.fullmatch(pattern, event["rawPath"])
    if found is None or http["path"] != event["rawPath"]:
        yield f"its path {event['rawPath']} is none of {template}"
    elif (event.get("pathParameters") or {}) != found.groupdict():
        yield f"its pathParameters are not those of {event['rawPath']}"
    if method not in (http["method"], "ANY"):
        yield f"its method is {http['method']}"
    if event["requestContext"].get("routeKey") != route.key:
        yield "its requestContext names another route"
    if any(name != name.lower() for name in event["headers"]):
        yield "a gateway writes names of headers in lower case"
    if not isinstance(event.get("body"), str | None) or "isBase64Encoded" not in event:
        yield "its body is text or null, and says which"
    yield from _authorizer_problems(event, route)


def _authorizer_problems(event: Json, route: Route) -> Iterator[str]:
    wanted = {_AUTHORIZER[route.auth]} if route.auth in _AUTHORIZER else set()
    found = (event["requestContext"].get("authorizer") or {}).keys()
    if found != wanted:
        yield f"its authorizer has {sorted(found)}, a route of {route.auth} {sorted(wanted)}"


def queue_problems(event: Json, queue: str) -> Iterator[str]:
    """Of a batch of one message of the task's queue."""
    if len(event["Records"]) != 1:
        yield "a batch has one message"
    for record in event["Records"]:
        if record.get("eventSource") != "aws:sqs":
            yield "its eventSource is not aws:sqs"
        if not str(record.get("eventSourceARN", "")).endswith(f":{queue}"):
            yield f"its queue is {record.get('eventSourceARN')}, not {queue}"


def bus_problems(event: Json, pattern: Json) -> Iterator[str]:
    """Of an event that the rule of a subscriber lets through."""
    for name in ("source", "detail-type"):
        if event.get(name) not in pattern.get(name, [event.get(name)]):
            yield f"its {name} is {event.get(name)!r}, the rule wants {pattern[name]}"
    if {"id", "time", "detail"} - event.keys():
        yield "id, time or detail is missing"


def problems_of(found: Service) -> Iterator[str]:
    for function in found.functions.values():
        file = found.root / "events" / found.name / f"{function.short}.json"
        event = json.loads(file.read_text(encoding="utf-8"))
        for problem in _problems(found, function.name, kind(function, authorizers()), event):
            yield f"{file.name}: {problem}"


def _problems(found: Service, name: str, called: str, event: Json) -> Iterator[str]:
    if called == "http":
        (route,) = (each for each in found.routes if each.key == event["routeKey"])
        yield from http_problems(event, route)
    if called == "tasks":
        mappings = found.resources("AWS::Lambda::EventSourceMapping").values()
        (source,) = (each["EventSourceArn"] for each in mappings if each["FunctionName"] == name)
        queue = source.rpartition(":")[2].removeprefix(f"{STAGE}-")
        yield from queue_problems(event, f"dev-{queue}")
    if called == "subscribers":
        for rule in found.resources("AWS::Events::Rule").values():
            if any(each["Arn"].endswith(f":{name}") for each in rule["Targets"]):
                yield from bus_problems(event, rule["EventPattern"])


@pytest.mark.parametrize("name", SERVICES)
def test_every_sample_is_an_event_that_aws_sends(name: str) -> None:
    expect_none(problems_of(service(name)))


WALLET = Route("GET /wallets/{wallet_id}", "test", "AWS_IAM")
ASKED: Json = {
    "routeKey": WALLET.key,
    "rawPath": "/wallets/7",
    "headers": {"x-park-id": "park-7"},
    "pathParameters": {"wallet_id": "7"},
    "requestContext": {
        "routeKey": WALLET.key,
        "http": {"method": "GET", "path": "/wallets/7"},
        "authorizer": {"iam": {}},
    },
    "body": None,
    "isBase64Encoded": False,
}


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, 0),
        ({"rawPath": "/purses/7"}, 1),
        ({"pathParameters": {"wallet_id": "8"}}, 1),
        ({"headers": {"X-Park-Id": "park-7"}}, 1),
        ({"body": {}}, 1),
        ({"requestContext": ASKED["requestContext"] | {"authorizer": {"jwt": {}}}}, 1),
        ({"requestContext": ASKED["requestContext"] | {"routeKey": "$default"}}, 1),
        (
            {"requestContext": ASKED["requestContext"] | {"http": {"method": "PUT", "path": "/"}}},
            2,
        ),
    ],
)
def test_an_event_that_no_gateway_sends_is_reported(changes: Json, problems: int) -> None:
    assert len(list(http_problems(ASKED | changes, WALLET))) == problems


@pytest.mark.parametrize(
    ("record", "problems"),
    [
        ({"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu:1:dev-shop_sell"}, 0),
        ({"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu:1:dev-shop_buy"}, 1),
        ({"eventSource": "aws:kinesis", "eventSourceARN": "arn:aws:sqs:eu:1:dev-shop_sell"}, 1),
    ],
)
def test_a_message_of_another_queue_is_reported(record: Any, problems: int) -> None:
    assert len(list(queue_problems({"Records": [record]}, "dev-shop_sell"))) == problems


def test_an_event_that_the_rule_would_not_let_through_is_reported() -> None:
    event = {"id": "1", "time": "now", "source": "shop", "detail-type": "sold", "detail": {}}
    wanted = {"source": ["shop"], "detail-type": ["bought"]}

    assert list(bus_problems(event, wanted)) == [
        "its detail-type is 'sold', the rule wants ['bought']"
    ]
