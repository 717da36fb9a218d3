"""The fake AWS of the taxi parks, one a module; each test has parks of its own."""

from collections.abc import Iterator
from types import ModuleType

import pytest

from shared.clock import SystemClock
from tests.fleet_payment_systems.desk import Desk
from tests.support.atomic_moto import Snapshot
from tests.support.aws_world import World, aws_world
from tests.support.clock import FakeClock
from tests.support.park import ACCOUNT, Opened, Park, park

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


@pytest.fixture(scope="module")
def modules_park() -> Iterator[tuple[Park, Snapshot]]:
    with park() as found:
        opened = found.open_wallet()
        found.pay(opened, "warm")
        found.deliver()
        found.ask(opened, "check", account=ACCOUNT)
        found.revoke(opened)
        empty = found.aws.snapshot()
        for rows in empty.rows.values():
            rows.clear()
        yield found, empty


@pytest.fixture
def here(modules_park: tuple[Park, Snapshot]) -> Park:
    """The module's park without any wallet."""
    found, empty = modules_park
    found.aws.restore(empty)
    found.measured.clear()
    return found


@pytest.fixture
def link(here: Park) -> Opened:
    """A wallet without limits or commission, and its link."""
    return here.open_wallet()
