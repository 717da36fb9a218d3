"""Crash at every call of check, pay, credit, cancel and reversal: M6-M8, M13, M15-M18 hold."""

from collections.abc import Iterator

import pytest

from tests.proofs.fleet_flows import ALL, FLOWS, Flow, crash, warm_park
from tests.support.park import Park


@pytest.fixture(scope="module")
def place() -> Iterator[Park]:
    with warm_park() as found:
        yield found


# The same message again is what the sweeper sends; the long form tries it at once, too.
QUICK = [flow for flow in FLOWS if ALL or flow.name != "credit-again"]


@pytest.mark.parametrize("flow", QUICK, ids=lambda flow: flow.name)
def test_a_crash_anywhere_leaves_each_promise_kept_once(place: Park, flow: Flow) -> None:
    assert crash(place, flow).cases > 0
