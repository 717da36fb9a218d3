"""Bugs put in on purpose: each of appendix C that a park's money could have makes a proof fail.

Not here: 12 (claims have no TTL attribute at all), 16 apart from 15 (no hash: the fields
themselves are compared), bugs of orders (tests/proofs/test_seeded.py).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.proofs import fleet_pairs as pairs
from tests.proofs import fleet_seeds as seeds
from tests.proofs.fleet_flows import Case, crash, flow_named, opened, warm_park
from tests.support.park import Park

Patch = pytest.MonkeyPatch
Proof = Callable[[Park], object]


@dataclass(frozen=True, slots=True)
class Seed:
    """A number of appendix C (or a rule), how the bug is put in, and the proof that must fail."""

    name: str
    plant: Callable[[Patch], None]
    proof: Proof


@pytest.fixture(scope="module")
def place() -> Iterator[Park]:
    with warm_park() as found:
        yield found


def crashing(name: str) -> Proof:
    return lambda found: crash(found, flow_named(name))


def racing(pair: pairs.Pair) -> Proof:
    return lambda found: pairs.race(found, pair)


def alone(steps: Callable[[Case], None]) -> Proof:
    """One course of things without any fault of the harness."""

    def proof(found: Park) -> None:
        empty = found.aws.snapshot()
        try:
            steps(Case(found, opened(found)))
        finally:
            found.aws.restore(empty)

    return proof


def two_parks(case: Case) -> None:
    other = case.park.open_wallet(park_id="park-8")
    assert [case.pay()["result"], case.park.pay(other, "t-1")["result"]] == ["ok", "ok"]


def conflict(case: Case) -> None:
    case.pay()
    assert case.park.pay(case.link, "t-1", "11.00")["result"] == "duplicate_conflict"


def billing_outage(case: Case) -> None:
    case.pay()
    case.park.take_down("billing", 3)
    case.park.sweep_alone()
    case.check(1000)


def lost_messages(case: Case) -> None:
    case.pay()
    case.park.sweep_alone()
    case.check(1000)


def forgotten(case: Case) -> None:
    case.register()
    case.forget()
    case.quiet()
    case.check(0)


def taken_back(case: Case) -> None:
    case.pay()
    case.park.deliver()
    assert case.cancel()["result"] == "ok"
    case.quiet()
    case.check(0)


SEEDS = (
    Seed("8", seeds.seed_8_look_then_add, racing(pairs.day_limit)),
    Seed("10", seeds.seed_10_claim_before_effect, crashing("pay")),
    Seed("11", seeds.seed_11_claim_after_effect, racing(pairs.pay_pay)),
    Seed("13", seeds.seed_13_key_without_park, alone(two_parks)),
    Seed("14", seeds.seed_14_key_with_link, racing(pairs.old_link_new_link)),
    Seed("15/16", seeds.seed_15_no_comparison_of_content, alone(conflict)),
    Seed("17", seeds.seed_17_new_key_on_retry, crashing("credit")),
    Seed("19-pay", seeds.seed_19_time_out_is_failed, crashing("pay")),
    Seed("19-credit", seeds.unknown_is_final, crashing("credit")),
    Seed("20", seeds.unknown_is_final, alone(billing_outage)),
    Seed("21", seeds.seed_21_success_before_commit, crashing("pay")),
    Seed("22", seeds.seed_22_task_ended_before_its_work, crashing("credit")),
    Seed("24", seeds.seed_24_no_task, alone(lost_messages)),
    Seed("26", seeds.seed_26_worker_without_any_guard, racing(pairs.credit_credit)),
    Seed("27", seeds.seed_27_no_sweeper, alone(lost_messages)),
    Seed("39", seeds.seed_39_no_tombstone, crashing("tombstone")),
    Seed("L3", seeds.revoke_not_in_the_commit, racing(pairs.pay_revoke)),
    Seed("PC23", seeds.cancel_without_version, racing(pairs.cancel_credit)),
    Seed("1-confirm", seeds.confirm_not_in_the_commit, racing(pairs.confirm_cancel)),
    Seed("1-end", seeds.confirm_not_in_the_commit, racing(pairs.confirm_forgotten)),
    Seed("24-registered", seeds.no_end_of_waiting, alone(forgotten)),
    Seed("35", seeds.seed_35_terminal_state_leaves, alone(taken_back)),
    Seed("PC20", seeds.repeat_forgets_its_end, alone(taken_back)),
    Seed("PC2", seeds.lost_race_is_a_refusal, racing(pairs.pay_pay)),
)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_a_bug_put_in_on_purpose_is_caught(place: Park, monkeypatch: Patch, seed: Seed) -> None:
    seed.plant(monkeypatch)
    with pytest.raises(AssertionError):
        seed.proof(place)


def test_without_a_bug_the_courses_of_this_file_hold(place: Park) -> None:
    courses = (two_parks, conflict, billing_outage, lost_messages, forgotten, taken_back)
    for steps in courses:
        alone(steps)(place)
