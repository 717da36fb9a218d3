"""The sandbox on a fake AWS and a clock that stands still."""

from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest

from shared.clock import SystemClock
from shared.http_event import event
from tests.support.aws_world import World, aws_world
from tests.support.clock import FakeClock
from tests.support.intrinsics import Json

# (method, route, path parameters, body) -> status and body.
Call = Callable[..., tuple[int, Json]]


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
