"""Crash at every call of start, hold, check, finish, update, release and the rest: M12 holds."""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.proofs.deposit_flows import CRASHED, FLOWS, Flow, crash, warm_rides
from tests.proofs.deposit_pairs import PAIRS
from tests.proofs.phases import ALL
from tests.proofs.test_crash_coverage import Site, sites
from tests.support import calls
from tests.support.crash import Injector, points_of
from tests.support.rides import Rides


@pytest.fixture(scope="module")
def place() -> Iterator[Rides]:
    with warm_rides() as found:
        yield found


@pytest.mark.parametrize("flow", CRASHED, ids=lambda flow: flow.name)
def test_a_crash_anywhere_neither_holds_twice_nor_keeps_a_hold(place: Rides, flow: Flow) -> None:
    assert crash(place, flow).cases > 0


@pytest.mark.skipif(not ALL, reason="of all flows, which only the long form crashes")
def test_no_remote_call_of_deposits_goes_uncrashed(place: Rides) -> None:
    """What clean runs of the flows and the pairs call is a point of some flow's crashed part."""
    crashed: set[Site] = set()
    empty = place.aws.snapshot()
    with calls.intercepting(seen := Injector()):
        for flow in FLOWS:
            flow.before(place)
            crashed |= sites(points_of(partial(flow.act, place)))
            flow.after(place)
            place.aws.restore(empty)
        for pair in PAIRS:
            for act in (pair.state, pair.first, pair.second):
                act(place)
            place.aws.restore(empty)

    missed = sites(seen.calls) - crashed
    assert not missed, "\n".join(" ".join(site) for site in sorted(missed))
