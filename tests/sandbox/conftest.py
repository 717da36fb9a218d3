"""The sandbox on a fake AWS and a clock that stands still."""

import json
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from shared import aws
from shared.clock import SystemClock
from shared.http_event import event
from tests.sandbox.engine import Call, Engine, Received
from tests.support.aws_world import World, aws_world
from tests.support.clock import FakeClock
from tests.support.intrinsics import Json

QUEUE = "test-qr_orders_transactions_callback"


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    clock = FakeClock()
    with patch.object(SystemClock, "now", lambda _self: clock.now()):
        yield clock


@pytest.fixture
def world(clock: FakeClock) -> Iterator[World]:
    with aws_world("sandbox") as world:
        yield world


@pytest.fixture
def call(world: World) -> Call:
    """Asks the function whose system the route names."""
    modules = {}

    def call(method: str, route: str, body: object = None, **path: str) -> tuple[int, Json]:
        system = route.split("/")[1]
        if system not in modules:
            modules[system] = world.load("sandbox", system)
        return world.invoke(modules[system], event(method, route, path=path, body=body))

    return call


@pytest.fixture
def engine(call: Call, clock: FakeClock) -> Engine:
    return Engine(call, clock)


@pytest.fixture
def received(world: World) -> Received:
    """Reads what the originator's queue shows; SQS delays are not on the clock, so they go in."""
    sent: list[Json] = []
    sqs = aws.client("sqs")
    sqs.create_queue(QueueName=QUEUE)

    def remember(params: Json, **_: object) -> None:
        sent.append({"delay_s": params["DelaySeconds"], **json.loads(params["MessageBody"])})

    sqs.meta.events.register("provide-client-params.sqs.SendMessage", remember)
    return lambda: sent
