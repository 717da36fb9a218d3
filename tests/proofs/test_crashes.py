"""Crashes and lost answers at every remote call of every flow; then only the sweeper (P1)."""

import pytest

from tests.proofs.flow import Flow
from tests.proofs.flows import FLOWS
from tests.proofs.phases import crash_everywhere
from tests.support.town import Town


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_crash_anywhere_is_healed(place: Town, flow: Flow) -> None:
    run, recover, check = flow.begin(place)
    crash_everywhere(place, place.aws.snapshot(), run, recover, check)
