"""authorize‖reverse, refund‖refund and the others: at most one debit, never back more than it."""

from collections.abc import Iterator

import pytest

from tests.proofs.desk_flows import warm_checkout
from tests.proofs.desk_pairs import PAIRS, Pair, race
from tests.proofs.phases import ALL
from tests.support.checkout import Checkout


@pytest.fixture(scope="module")
def place() -> Iterator[Checkout]:
    with warm_checkout() as found:
        yield found


# They have many orders, and little that refund_same and task_task do not have.
LONG = {"refund_refund_whole", "task_sweep"}
QUICK = [pair for pair in PAIRS if ALL or pair.__name__ not in LONG]


@pytest.mark.parametrize("pair", QUICK, ids=lambda pair: pair.__name__)
def test_two_at_once_leave_both_books_alike(place: Checkout, pair: Pair) -> None:
    assert race(place, pair).exhaustive
