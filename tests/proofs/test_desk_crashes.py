"""Crash at every call of authorize, status, reverse, refund and their task: M9, M10, M13-M17."""

from collections.abc import Iterator

import pytest

from tests.proofs.desk_flows import FLOWS, Flow, crash, warm_checkout
from tests.proofs.phases import ALL
from tests.support.checkout import Checkout


@pytest.fixture(scope="module")
def place() -> Iterator[Checkout]:
    with warm_checkout() as found:
        yield found


# A repeat goes the way of authorize, and sweep that of every park and order.
LONG = {"repeat", "sweep"}
QUICK = [flow for flow in FLOWS if ALL or flow.name not in LONG]


@pytest.mark.parametrize("flow", QUICK, ids=lambda flow: flow.name)
def test_a_crash_anywhere_moves_money_once_or_not_at_all(place: Checkout, flow: Flow) -> None:
    assert crash(place, flow).cases > 0
