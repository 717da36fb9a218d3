"""Task fps_poll_bill: looks ever more rarely, credits what is paid, late or not (FP-19, FP-20)."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.support.bills import MINOR, Driver, wallet_in
from tests.support.intrinsics import ROOT, Json
from tests.support.park import Park

STUBBORN = "1.04"


@pytest.fixture
def qiwi(here: Park) -> Driver:
    return Driver(here, wallet_in(here, "qiwi"), "qiwi")


@pytest.fixture
def paystack(here: Park) -> Driver:
    return Driver(here, wallet_in(here, "paystack"), "paystack")


def entries(here: Park) -> list[tuple[int, str]]:
    return sorted((row["amount"], row["category"]) for row in here.billing())


def steps(here: Park) -> list[tuple[str, str]]:
    return [(row["state"], row["step"]) for row in here.transactions()]


def due_in_s(driver: Driver) -> float:
    (row,) = driver.park.rows("tasks")
    return float(row["due_at"] - driver.park.aws.clock.milliseconds()) / 1000


def journal(here: Park, tx_id: str) -> list[str]:
    rows = [row for row in here.rows("events") if row["subject"] == f"tx#{tx_id}"]
    return [row["name"] for row in sorted(rows, key=lambda row: int(row["rev"]))]


def test_looks_come_ever_more_rarely_and_the_last_at_the_end(qiwi: Driver) -> None:
    qiwi.create()
    pauses = [due_in_s(qiwi)]
    for _ in range(6):
        qiwi.park.aws.clock.advance(pauses[-1])
        qiwi.look()
        pauses.append(due_in_s(qiwi))

    assert pauses == [5, 5, 10, 20, 40, 60, 60]
    qiwi.park.aws.clock.advance(3600 - sum(pauses[:-1]) - 10)
    qiwi.look()
    assert due_in_s(qiwi) == 10


def test_a_paid_bill_is_credited_once_with_its_commission(here: Park) -> None:
    driver = Driver(here, wallet_in(here, "qiwi", commission_rate=Decimal("0.1")), "qiwi")
    driver.create()
    driver.pays()
    driver.wait(6)

    assert steps(here) == [("processed", "done")]
    assert entries(here) == [(-5000, "topup_commission"), (MINOR, "topup")]
    assert here.tasks() == []
    assert journal(here, driver.bill()["tx_id"]) == [
        *("issuing", "issued", "paid", "crediting", "billing_done"),
        *("commission_done", "recorded", "processed"),
    ]


def test_the_sandboxs_amounts_choose_what_becomes_of_a_bill(here: Park, qiwi: Driver) -> None:
    told = []
    for at, amount in enumerate(("1.01", "1.02", "1.03")):
        qiwi.create(f"k-{at}", amount)
        qiwi.wait(6)
        qiwi.wait(6)
        told.append((qiwi.bill()["step"], qiwi.bill().get("reason")))

    assert told == [("done", None), ("declined", "qiwi_160"), ("declined", "qiwi_161")]
    assert entries(here) == [(101, "topup")]


def test_when_its_time_is_over_a_bill_is_rejected_and_taken_back(here: Park, qiwi: Driver) -> None:
    qiwi.create()
    here.aws.clock.advance(3600)
    qiwi.look()
    _, found = qiwi.get(qiwi.bill()["tx_id"])
    assert (found["state"], found["sub_state"], found["reason"]) == (
        *("rejected", "timeout", "timeout"),
    )

    here.deliver()
    assert [row["status"] for row in qiwi.issued()] == ["rejected"]
    here.sweep_alone()
    assert (here.tasks(), here.billing()) == ([], [])


def test_paid_late_it_is_credited_by_a_second_transaction_and_the_first_stays(
    here: Park, qiwi: Driver
) -> None:
    qiwi.create(amount=STUBBORN)
    qiwi.wait(3601)
    first = qiwi.bill()
    assert first["step"] == "timeout"
    qiwi.pays()
    here.sweep_alone()

    assert steps(here) == [("rejected", "timeout"), ("processed", "done")]
    (late,) = qiwi.late()
    assert (late["replaces"], qiwi.bill()["replaced_by"]) == (first["tx_id"], late["tx_id"])
    assert late["txn"] == f"{first['txn']}#late"
    assert entries(here) == [(104, "topup")]
    assert here.tasks() == []
    assert qiwi.get(first["tx_id"])[1]["replaced_by"] == late["tx_id"]
    assert qiwi.get(late["tx_id"])[1]["replaces"] == first["tx_id"]
    assert ("FpsBillPaidLate", 1, ("Provider=qiwi",)) in here.measured


def test_a_webhook_long_after_the_watch_still_credits(here: Park, paystack: Driver) -> None:
    paystack.create()
    paystack.wait(3600)
    here.sweep_alone(rounds=20, seconds=22_000)
    assert (steps(here), here.tasks()) == ([("rejected", "timeout")], [])
    here.aws.clock.advance(30 * 86_400)

    assert paystack.hook(paystack.pays()) == 200
    here.deliver()

    assert steps(here) == [("rejected", "timeout"), ("processed", "done")]
    assert entries(here) == [(MINOR, "topup")]


@pytest.mark.parametrize("told", [{"amount": "5.00", "currency": "RUB"}])
def test_another_sum_than_the_bills_is_never_credited(
    here: Park, qiwi: Driver, told: dict[str, str]
) -> None:
    qiwi.create()
    qiwi.pays(**told)
    qiwi.wait(6)

    assert steps(here) == [("rejected", "declined")]
    assert qiwi.bill()["reason"] == "amount_mismatch"
    assert ("FpsBillMismatch", 1, ()) in here.measured
    assert (here.billing(), here.tasks()) == ([], [])


def test_a_system_that_does_not_answer_changes_nothing_till_the_time_is_over(
    here: Park, qiwi: Driver
) -> None:
    qiwi.create()
    here.take_down("qiwi")
    qiwi.wait(6)
    assert steps(here) == [("accepted", "issued")]
    assert ("FpsBillPollFailed", 1, ()) in here.measured

    qiwi.wait(3600)
    assert steps(here) == [("rejected", "timeout")]
    qiwi.pays()
    here.take_down("qiwi", 0)
    here.sweep_alone(seconds=400)
    assert entries(here) == [(MINOR, "topup")]


def test_a_system_that_is_gone_for_days_is_a_matter_for_people(here: Park, qiwi: Driver) -> None:
    qiwi.create()
    here.take_down("qiwi")
    here.sweep_alone(rounds=40, seconds=22_000)

    assert (steps(here), here.tasks()) == ([("rejected", "timeout")], [])
    assert ("FpsBillUnresolved", 1, ()) in here.measured


def test_a_wallet_that_is_deleted_still_keeps_its_promises(here: Park, qiwi: Driver) -> None:
    qiwi.create()
    here.change(qiwi.wallet, enabled=False, deleted_at=here.aws.clock.now())
    qiwi.pays()
    qiwi.wait(6)

    assert entries(here) == [(MINOR, "topup")]


def test_a_message_too_many_finds_nothing_to_do(here: Park, qiwi: Driver) -> None:
    qiwi.create()
    qiwi.pays()
    qiwi.wait(6)

    assert qiwi.look() == {"batchItemFailures": []}
    assert entries(here) == [(MINOR, "topup")]


def test_the_sample_event_is_one_of_this_queue(here: Park) -> None:
    """Of a task that is long done."""
    text = (ROOT / "events/fleet_payment_systems/poll_bill.json").read_text("utf-8")
    sample: Json = json.loads(text)
    said: Any = json.loads(sample["Records"][0]["body"])
    assert here.work(said["task_id"]) == {"batchItemFailures": []}
