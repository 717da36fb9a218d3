"""start‖finish, hold‖finish, update‖finish, check‖hold and the others: one open hold at most."""

from collections.abc import Iterator

import pytest

from tests.proofs.deposit_flows import warm_rides
from tests.proofs.deposit_pairs import PLAYED, Pair, race
from tests.support.rides import Rides


@pytest.fixture(scope="module")
def place() -> Iterator[Rides]:
    with warm_rides() as found:
        yield found


@pytest.mark.parametrize("pair", PLAYED, ids=str)
def test_two_at_once_hold_once_at_most_and_give_back_what_is_over(place: Rides, pair: Pair) -> None:
    assert race(place, pair).exhaustive
