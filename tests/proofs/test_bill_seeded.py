"""Bugs put in on purpose into drivers' bills: each makes a proof fail."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.proofs import bill_pairs as pairs
from tests.proofs import bill_seeds as seeds
from tests.proofs.bill_flows import (
    STUBBORN,
    Case,
    course,
    crash,
    flow_named,
    paid_late,
    warm_bills,
)
from tests.support.bills import MINOR
from tests.support.park import Park

Patch = pytest.MonkeyPatch
Proof = Callable[[Park], object]


@dataclass(frozen=True, slots=True)
class Seed:
    plant: Callable[[Patch], None]
    proof: Proof

    def __str__(self) -> str:
        return self.plant.__name__


@pytest.fixture(scope="module")
def place() -> Iterator[Park]:
    with warm_bills() as found:
        yield found


def crashing(name: str) -> Proof:
    return lambda found: crash(found, flow_named(name), failures_max=1)


def racing(pair: pairs.Pair, amount: str = "500.00") -> Proof:
    return lambda found: pairs.race(found, pair, "qiwi", amount)


def late(case: Case) -> None:
    paid_late(case)
    case.quiet()
    case.check(104)


def forged(case: Case) -> None:
    """Signed, of the right sum, and nobody has paid: a key that is known to others."""
    assert case.create()[0] == 201
    case.later(6)
    bill = case.driver.bill()
    data = {"status": "success", "reference": bill["txn"], "amount": MINOR, "currency": "NGN"}
    assert case.hook({"event": "charge.success", "data": data}) == 200
    case.quiet()
    case.check(0)


def another_sum(case: Case) -> None:
    assert case.create()[0] == 201
    case.driver.pays(amount="5.00", currency="RUB")
    case.quiet()
    case.check(0)


def sweeper_only(case: Case) -> None:
    assert case.create()[0] == 201
    case.pays()
    case.quiet()
    case.check(MINOR)


SEEDS = (
    Seed(seeds.time_to_live_is_final, course(late, amount=STUBBORN)),
    Seed(seeds.webhook_is_believed, course(forged, "paystack")),
    Seed(seeds.any_sum_is_right, course(another_sum)),
    Seed(seeds.new_number_on_retry, crashing("create")),
    Seed(seeds.time_out_is_declined, crashing("create")),
    Seed(seeds.no_watch, course(sweeper_only)),
    Seed(seeds.issued_before_it_is_kept, crashing("create")),
    Seed(seeds.any_number_of_bills, racing(pairs.two_wishes)),
    Seed(seeds.late_by_whoever_sees_it, racing(pairs.late_zombie, STUBBORN)),
)


@pytest.mark.parametrize("seed", SEEDS, ids=str)
def test_a_bug_put_in_on_purpose_is_caught(place: Park, monkeypatch: Patch, seed: Seed) -> None:
    seed.plant(monkeypatch)
    with pytest.raises(AssertionError):
        seed.proof(place)


def test_without_a_bug_the_courses_of_this_file_hold(place: Park) -> None:
    for steps in (another_sum, sweeper_only):
        course(steps)(place)
    course(forged, "paystack")(place)
    course(late, amount=STUBBORN)(place)
