"""Cron reconcile: yesterday's orders are compared, once a night (R14)."""

from tests.qr_orders.support import Shop, sample

TASK = "qr_orders_compare_invoices#2026-01-01"


def test_yesterday_gets_its_task(here: Shop) -> None:
    here.world.run(here.module("crons.reconcile"), sample("reconcile"))

    assert [*here.tasks()] == [TASK]
    assert here.tasks()[TASK]["payload"]["day"] == "2026-01-01"
    assert here.messages("qr_orders_compare_invoices") == [{"task_id": TASK}]


def test_cron_that_runs_twice_makes_one_task(here: Shop) -> None:
    for _ in range(2):
        here.world.run(here.module("crons.reconcile"), sample("reconcile"))

    assert [*here.tasks()] == [TASK]
