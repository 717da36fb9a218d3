"""Crash at every call of create, poll, expiry, webhook and late payment: M6-M8, M15-M18, M24."""

from collections.abc import Iterator

import pytest

from tests.proofs.bill_flows import FLOWS, Flow, crash, warm_bills
from tests.proofs.fleet_flows import ALL
from tests.support.park import Park


@pytest.fixture(scope="module")
def place() -> Iterator[Park]:
    with warm_bills() as found:
        yield found


# Their calls are those of create and of the other looks; the long form tries them, too.
LONG = {"create-again", "issue", "look"}
QUICK = [flow for flow in FLOWS if ALL or flow.name not in LONG]


@pytest.mark.parametrize("flow", QUICK, ids=lambda flow: flow.name)
def test_a_crash_anywhere_credits_what_was_paid_and_once(place: Park, flow: Flow) -> None:
    assert crash(place, flow).cases > 0
