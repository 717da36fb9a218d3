"""Bugs put in on purpose: each of appendix C that a purchase could have makes a proof fail.

Not here: 6 and 7 (a sum of nothing or less is malformed: tests of refund), 12 (numbers have no TTL
attribute at all), 13 (tests of a second aggregator), bugs of baskets and of registries.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.proofs import desk_pairs as pairs
from tests.proofs import desk_seeds as seeds
from tests.proofs.desk_flows import AMOUNT, TRN, Case, crash, flow_named, warm_checkout
from tests.support.checkout import Checkout

Proof = Callable[[Checkout], object]


@dataclass(frozen=True, slots=True)
class Seed:
    """A number of appendix C (or a rule), how the bug is put in, and the proof that must fail."""

    name: str
    plant: seeds.Plant
    proof: Proof


@pytest.fixture(scope="module")
def place() -> Iterator[Checkout]:
    with warm_checkout() as found:
        yield found


def crashing(name: str) -> Proof:
    return lambda found: crash(found, flow_named(name))


def racing(pair: pairs.Pair) -> Proof:
    return lambda found: pairs.race(found, pair)


def alone(steps: Callable[[Case], None]) -> Proof:
    """One course of things without any fault of the harness."""

    def proof(found: Checkout) -> None:
        empty = found.aws.snapshot()
        try:
            steps(Case(found))
        finally:
            found.aws.restore(empty)

    return proof


def conflict(case: Case) -> None:
    case.authorize()
    assert case.here.desk.authorize(TRN, "YM1.ok", "600.00").result == 30


def outage(case: Case) -> None:
    case.qr = "YM1.poor"
    case.here.take_down(2)
    case.authorize()
    case.here.settle()
    case.ends("DECLINED", 0)


def silence(case: Case) -> None:
    case.here.take_down(2)
    case.authorize()
    case.here.settle()
    case.ends("PAID", AMOUNT)


def lost_messages(case: Case) -> None:
    case.here.take_down(1)
    case.authorize()
    case.quiet()
    case.ends("PAID", AMOUNT)


def whole_refund(case: Case) -> None:
    case.authorize()
    assert case.refund("R1", "500.00").result == 0
    case.ends("REFUNDED", 0)


def refund_in_silence(case: Case) -> None:
    case.authorize()
    case.here.take_down(1)
    case.refund()
    case.here.settle()
    case.ends("PARTIALLY_REFUNDED", AMOUNT - 20000)


COURSES = (conflict, outage, silence, lost_messages, whole_refund, refund_in_silence)
SEEDS = (
    Seed("1/2", seeds.seed_1_no_version_no_journal, racing(pairs.refund_refund)),
    Seed("3", seeds.seed_3_no_bound, racing(pairs.refund_refund)),
    Seed("3-reserve", seeds.seed_3_nothing_reserved, racing(pairs.refund_refund)),
    Seed("4", seeds.seed_4_less_instead_of_at_most, alone(whole_refund)),
    Seed("10", seeds.seed_10_number_taken_before_the_purchase, crashing("authorize")),
    Seed("11", seeds.seed_11_number_taken_after_the_purchase, racing(pairs.authorize_authorize)),
    Seed("15/16", seeds.seed_15_no_comparison_of_content, alone(conflict)),
    Seed("17", seeds.seed_17_new_key_on_retry, crashing("check-unknown")),
    Seed("17-refund", seeds.seed_17_new_refund_on_retry, crashing("refund")),
    Seed("19", seeds.seed_19_time_out_is_declined, crashing("authorize")),
    Seed("20", seeds.seed_19_time_out_is_declined, alone(silence)),
    Seed("21", seeds.seed_21_paid_before_it_is_known, alone(outage)),
    Seed("21-refund", seeds.refund_done_by_the_first_answer, alone(refund_in_silence)),
    Seed("22", seeds.seed_22_task_ended_before_its_work, crashing("check-unknown")),
    Seed("24", seeds.seed_24_no_task, alone(lost_messages)),
    Seed("26", seeds.seed_26_worker_without_any_guard, racing(pairs.task_task)),
    Seed("27", seeds.seed_27_no_sweeper, alone(lost_messages)),
    Seed("39", seeds.seed_39_no_tombstone, crashing("tombstone")),
    Seed("R3", seeds.wish_after_the_effect, racing(pairs.reverse_status)),
    Seed("PU2", seeds.lost_race_is_a_refusal, racing(pairs.authorize_authorize)),
    Seed("PU6", seeds.wish_forgotten, crashing("reverse-unknown")),
    Seed("PU6-unknown", seeds.reversed_without_asking, racing(pairs.reverse_task)),
)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_a_bug_put_in_on_purpose_is_caught(
    place: Checkout, monkeypatch: pytest.MonkeyPatch, seed: Seed
) -> None:
    seed.plant(monkeypatch)
    with pytest.raises(AssertionError):
        seed.proof(place)


def test_without_a_bug_the_courses_of_this_file_hold(place: Checkout) -> None:
    for steps in COURSES:
        alone(steps)(place)
