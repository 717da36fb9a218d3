"""Crash at every call of start, hold, check, finish, update, release and the rest: M12 holds."""

from collections.abc import Iterator

import pytest

from tests.proofs.deposit_flows import FLOWS, Flow, crash, warm_rides
from tests.support.rides import Rides


@pytest.fixture(scope="module")
def place() -> Iterator[Rides]:
    with warm_rides() as found:
        yield found


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_crash_anywhere_neither_holds_twice_nor_keeps_a_hold(place: Rides, flow: Flow) -> None:
    assert crash(place, flow).cases > 0
