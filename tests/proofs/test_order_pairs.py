"""The order pairs of RELIABILITY appendix B, in every order of their calls that matters (P3)."""

import pytest

from tests.proofs.pairs import PAIRS, Pair, play_pair
from tests.support.town import Town


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_both_orders_of_a_pair_end_with_the_same_books(place: Town, pair: Pair) -> None:
    assert play_pair(place, pair).exhaustive
