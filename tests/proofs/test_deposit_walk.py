"""Random steps of deposits, many more in `make test-proofs`; they find the bugs seeded here."""

from collections.abc import Callable, Iterator

import pytest

from tests.proofs import deposit_seeds as seeds
from tests.proofs.deposit_flows import warm_rides
from tests.proofs.deposit_walk import STEPS_A_RUN, Walk
from tests.proofs.phases import ALL
from tests.support.rides import Rides

STEPS = 20_000 if ALL else 420
RUNS = range(STEPS // STEPS_A_RUN)
FEW = {"created", "holding", "held", "abandoned", "released"}
# Not hold_expired, for the engine here never takes a hold back, nor release_failed, which takes a
# long outage: tests/scooters_payments/tasks have what follows.
REACHED = {
    *("created", "holding", "held", "resizing", "failed", "abandoned"),
    *("releasing", "released", "finished"),
}


@pytest.fixture(scope="module")
def place() -> Iterator[Rides]:
    with warm_rides() as found:
        yield found


def walk_all(place: Rides) -> set[str]:
    empty = place.aws.snapshot()
    return set().union(*(Walk(place, empty, seed).run() for seed in RUNS))


def test_whatever_happens_no_ride_holds_twice_and_no_hold_stays(place: Rides) -> None:
    empty = place.aws.snapshot()
    seen = walk_all(place)
    place.aws.restore(empty)
    assert not (REACHED if ALL else FEW) - seen


@pytest.mark.parametrize(
    "plant", [seeds.seed_1_2_no_version_no_state, seeds.finish_without_its_task]
)
def test_a_bug_does_not_outlive_the_walk(
    place: Rides, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    empty = place.aws.snapshot()
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        with pytest.raises(AssertionError):
            walk_all(place)
    place.aws.restore(empty)
