"""pay‖pay, pay‖cancel, pay‖revoke and the others: at most one credit, one when success was told."""

from collections.abc import Iterator

import pytest

from tests.proofs.fleet_flows import warm_park
from tests.proofs.fleet_pairs import PAIRS, Pair, race
from tests.support.park import Park


@pytest.fixture(scope="module")
def place() -> Iterator[Park]:
    with warm_park() as found:
        yield found


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.__name__)
def test_two_at_once_make_one_credit_at_most(place: Park, pair: Pair) -> None:
    assert race(place, pair).exhaustive
