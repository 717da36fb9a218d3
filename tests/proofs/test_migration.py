"""Wallets in two stores: whatever dies and whoever is quicker, they are alike in the end."""

from collections.abc import Callable, Iterator

import pytest

from tests.proofs import migration_pairs as pairs
from tests.proofs import migration_seeds as seeds
from tests.proofs.migration_flows import FLOWS, Flow, crash
from tests.proofs.migration_house import House, house
from tests.proofs.migration_pairs import PAIRS, Pair, race


@pytest.fixture(scope="module")
def place() -> Iterator[House]:
    with house() as found:
        yield found


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.__name__)
def test_two_at_once_lose_nothing_that_was_told(place: House, pair: Pair) -> None:
    assert race(place, pair).exhaustive


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_crash_anywhere_leaves_both_stores_alike(place: House, flow: Flow) -> None:
    assert crash(place, flow).cases > 0


def crashing(name: str) -> Callable[[House], object]:
    return lambda found: crash(found, next(flow for flow in FLOWS if flow.name == name))


def racing(pair: Pair) -> Callable[[House], object]:
    return lambda found: race(found, pair)


SEEDS = (
    (seeds.no_repair, crashing("update")),
    (seeds.swap_without_comparing, racing(pairs.update_update)),
    (seeds.copy_without_condition, racing(pairs.revoke_update)),
    (seeds.still_a_copy, racing(pairs.last_phase_before)),
    (seeds.deleted_without_a_trace, crashing("delete")),
    (seeds.request_not_remembered, crashing("create")),
)


@pytest.mark.parametrize(("plant", "proof"), SEEDS, ids=lambda one: getattr(one, "__name__", ""))
def test_a_bug_put_in_on_purpose_is_caught(
    place: House,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pytest.MonkeyPatch], None],
    proof: Callable[[House], object],
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        proof(place)
