"""Crash at every call of check, pay, credit, cancel and reversal: M6-M8, M13, M15-M18 hold."""

from collections.abc import Iterator

import pytest

from tests.proofs.fleet_flows import FLOWS, Flow, crash, warm_park
from tests.support.park import Park


@pytest.fixture(scope="module")
def place() -> Iterator[Park]:
    with warm_park() as found:
        yield found


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_crash_anywhere_leaves_each_promise_kept_once(place: Park, flow: Flow) -> None:
    assert crash(place, flow).cases > 0
