"""The fake AWS of the taxi parks, one a module; each test has parks of its own."""

from collections.abc import Iterator
from types import ModuleType

import pytest

from shared.clock import SystemClock
from tests.fleet_payment_systems.desk import Desk
from tests.support.aws_world import World, aws_world
from tests.support.clock import FakeClock

_PARAMETERS = {"DispatcherRoles": "dispatcher", "FpsBaseUrl": "https://fps.example"}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with aws_world("fleet_payment_systems", parameters=_PARAMETERS) as found:
        yield found


@pytest.fixture(scope="module")
def modules() -> dict[str, ModuleType]:
    """Functions that are loaded already."""
    return {}


@pytest.fixture
def desk(world: World, modules: dict[str, ModuleType]) -> Desk:
    return Desk(world, modules=modules)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock of everything, standing still."""
    found = FakeClock()
    monkeypatch.setattr(SystemClock, "now", lambda _self: found.now())
    return found
