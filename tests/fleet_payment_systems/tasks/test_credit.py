"""Task fps_credit: commission, outages, refusals, suspense; never given up (FP-13, 14, 32)."""

import json
from decimal import Decimal

import pytest

from tests.support.intrinsics import ROOT, Json
from tests.support.park import Opened, Park
from tests.support.wallets import PARK


def steps(here: Park) -> list[tuple[str, str]]:
    return [(row["state"], row["step"]) for row in here.transactions()]


def entries(here: Park) -> list[tuple[int, str]]:
    return sorted((row["amount"], row["category"]) for row in here.billing())


def journal(here: Park) -> list[str]:
    rows = [row for row in here.rows("events") if row["subject"].startswith("tx#")]
    return [row["name"] for row in sorted(rows, key=lambda row: int(row["rev"]))]


def test_a_payment_is_credited_then_recorded_and_each_step_is_kept(
    here: Park, link: Opened
) -> None:
    here.pay(link, "t-1")
    here.deliver()

    assert steps(here) == [("processed", "done")]
    assert journal(here) == ["accepted", "crediting", "billing_done", "recorded", "processed"]
    (row,) = here.transactions()
    assert [one["key"] for one in here.billing()] == [row["tx_id"]]
    assert [one["transaction_id"] for one in here.book()] == [row["fleet_tx_id"]]
    assert here.tasks() == []


@pytest.mark.parametrize(("rate", "taken"), [("0.05", 50), ("0.0005", 1), ("0.0004", 0), ("0", 0)])
def test_the_commission_is_an_entry_of_its_own_rounded_half_up(
    here: Park, rate: str, taken: int
) -> None:
    link = here.open_wallet(commission_rate=Decimal(rate))
    here.pay(link, "t-1")
    here.deliver()

    wanted = [(-taken, "topup_commission")] if taken else []
    assert entries(here) == [*wanted, (1000, "topup")]
    assert [one["amount"] for one in here.book()] == ["10.00"]


def test_billing_down_for_days_delays_and_nothing_else(here: Park, link: Opened) -> None:
    here.pay(link, "t-1")
    here.take_down("billing")
    here.deliver()
    for _ in range(60):
        here.sweep_alone(rounds=1, seconds=3600)
    assert steps(here) == [("accepted", "crediting")]
    ages = [value for name, value, _ in here.measured if name == "BillingRetryAgeSec"]
    assert ages[0] == 0
    assert max(ages) >= 2 * 86400

    here.take_down("billing", 0)
    here.sweep_alone(seconds=400)
    assert steps(here) == [("processed", "done")]
    assert entries(here) == [(1000, "topup")]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500, 503])
def test_an_answer_that_no_document_calls_final_is_repeated(
    here: Park, link: Opened, status: int
) -> None:
    """A gateway's own 404, a conflict, a bad request: an alarm by age, never a lost payment."""
    here.pay(link, "t-1")
    here.take_down("billing", 2, status)
    here.deliver()
    assert steps(here) == [("accepted", "crediting")]
    here.sweep_alone()
    assert steps(here) == [("processed", "done")]


def test_books_that_refuse_after_the_credit_are_asked_until_they_take_it(
    here: Park, link: Opened
) -> None:
    here.pay(link, "t-1")
    here.take_down("fleet_transactions", 3, 422)
    here.deliver()
    assert steps(here) == [("accepted", "crediting")]
    here.sweep_alone()
    assert (steps(here), entries(here)) == ([("processed", "done")], [(1000, "topup")])


def test_a_closed_account_leaves_the_money_in_suspense_with_an_alarm(
    here: Park, link: Opened
) -> None:
    told = here.pay(link, "t-1", account="100666")
    here.deliver()

    assert steps(here) == [("rejected", "suspense")]
    (waiting,) = here.rows("suspense")
    assert (waiting["park_id"], waiting["tx_id"]) == (PARK, told["tx_id"])
    assert (waiting["amount"], waiting["currency"]) == (1000, "UZS")
    assert waiting["reason"] == "account_closed"
    assert ("FpsSuspense", 1, ()) in here.measured
    assert (here.tasks(), here.book(), here.billing()) == ([], [], [])
    assert here.pay(link, "t-1", account="100666")["tx_id"] == told["tx_id"]


def test_a_second_delivery_finds_nothing_to_do(here: Park, link: Opened) -> None:
    here.pay(link, "t-1")
    (task_id,) = here.tasks()
    answers = [here.credit(task_id) for _ in range(3)]

    assert answers == [{"batchItemFailures": []}] * 3
    assert entries(here) == [(1000, "topup")]


def test_the_sample_event_is_one_of_this_queue(here: Park) -> None:
    """Of a task that is long done."""
    text = (ROOT / "events/fleet_payment_systems/credit.json").read_text("utf-8")
    sample: Json = json.loads(text)
    task_id = json.loads(sample["Records"][0]["body"])["task_id"]
    assert task_id.startswith("fps_credit#")
    assert here.credit(task_id) == {"batchItemFailures": []}
