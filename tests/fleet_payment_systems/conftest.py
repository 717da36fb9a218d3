"""What the tests of the engine share: one park a module, empty again for each test."""

from collections.abc import Iterator

import pytest

from tests.support.atomic_moto import Snapshot
from tests.support.park import ACCOUNT, Opened, Park, park


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
