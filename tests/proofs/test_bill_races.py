"""webhook‖poll, poll‖expiry, create‖create, late paid‖cancel: what was paid is credited once."""

from collections.abc import Iterator

import pytest

from tests.proofs.bill_flows import warm_bills
from tests.proofs.bill_pairs import LONG, PAIRS, Pair, race
from tests.proofs.fleet_flows import ALL
from tests.support.park import Park


@pytest.fixture(scope="module")
def place() -> Iterator[Park]:
    with warm_bills() as found:
        yield found


@pytest.mark.parametrize(
    ("pair", "system", "amount"),
    (*PAIRS, *LONG) if ALL else PAIRS,
    ids=lambda one: getattr(one, "__name__", one),
)
def test_two_at_once_credit_what_was_paid(
    place: Park, pair: Pair, system: str, amount: str
) -> None:
    assert race(place, pair, system, amount).exhaustive
