"""Bugs put in on purpose: each that deposits could have of appendix C makes a proof fail."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.proofs import deposit_seeds as seeds
from tests.proofs.deposit_flows import crash, flow_named, warm_rides
from tests.proofs.deposit_pairs import pair_named, race
from tests.support.rides import Rides

Patch = pytest.MonkeyPatch
Proof = Callable[[Rides], object]


@dataclass(frozen=True, slots=True)
class Seed:
    """A number of appendix C (or a rule), how the bug is put in, and the proof that must fail."""

    name: str
    plant: Callable[[Patch], None]
    proof: Proof


@pytest.fixture(scope="module")
def place() -> Iterator[Rides]:
    with warm_rides() as found:
        yield found


def crashing(name: str) -> Proof:
    return lambda place: crash(place, flow_named(name), failures_max=1)


def racing(name: str) -> Proof:
    return lambda place: race(place, pair_named(name))


SEEDS = (
    Seed("1/2", seeds.seed_1_2_no_version_no_state, racing("sent-hold-finish")),
    Seed("9", seeds.seed_9_second_start_overwrites, racing("nothing-start-start_other")),
    Seed("9-task", seeds.two_commits, crashing("finish")),
    Seed("17", seeds.seed_17_new_operation_on_retry, crashing("hold")),
    Seed("19/20", seeds.seed_19_time_out_is_a_refusal, crashing("hold")),
    Seed("22", seeds.seed_22_task_ended_before_its_work, crashing("hold")),
    Seed("24-start", seeds.seed_24_no_task, crashing("start")),
    Seed("24-finish", seeds.finish_without_its_task, crashing("finish")),
    Seed("24-timer", seeds.no_timer, crashing("left-open")),
    Seed("39", seeds.seed_39_no_tombstone, crashing("finish-first")),
    Seed("decision 28", seeds.hold_past_the_limit, crashing("hold-late")),
    Seed("decision 28-release", seeds.abandoned_and_forgotten, crashing("unheard")),
    Seed(
        *("zombie", seeds.released_by_the_first_look),
        racing("engine_down-hold-check_and_release"),
    ),
    Seed("D3", seeds.flight_is_an_end, crashing("release-waits")),
    Seed("SD-30", seeds.finish_in_flight_is_ignored, racing("sent-news-finish")),
    Seed("SD-09", seeds.cleared_without_emptying, crashing("release")),
    Seed("decision 29", seeds.one_invoice_for_all_attempts, crashing("another-card")),
)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_a_bug_put_in_on_purpose_is_caught(place: Rides, monkeypatch: Patch, seed: Seed) -> None:
    start = place.aws.snapshot()
    seed.plant(monkeypatch)
    try:
        with pytest.raises(AssertionError):
            seed.proof(place)
    finally:
        place.aws.restore(start)
