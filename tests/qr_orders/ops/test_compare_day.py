"""By hand, compare_day: the comparison of a day that is over is begun anew (R14)."""

import pytest

from shared.errors import Refused
from tests.qr_orders.support import Shop, sample

TASK = "qr_orders_compare_invoices#2026-01-01"


def test_sample_event_changes_nothing(here: Shop) -> None:
    report = here.world.run(here.module("ops.compare_day"), sample("compare_day"))

    assert report == {
        **{"dry_run": True, "task_id": TASK},
        "folder": "reconciliation/dt=2026-01-01",
    }
    assert here.all_tasks() == {}


def test_day_is_compared_from_its_start(here: Shop) -> None:
    here.arm(TASK, day="2026-01-01", after="01Z", page=7, orders=9, differences=1, unknown=0)

    here.world.run(here.module("ops.compare_day"), {"day": "2026-01-01", "dry_run": False})

    payload = here.all_tasks()[TASK]["payload"]
    assert (payload["after"], payload["page"], payload["orders"]) == ("0", 0, 0)
    assert here.messages("qr_orders_compare_invoices") == [{"task_id": TASK}] * 2


def test_day_that_is_not_over_is_refused(here: Shop) -> None:
    with pytest.raises(Refused) as refused:
        here.world.run(here.module("ops.compare_day"), {"day": "2026-01-02", "dry_run": False})

    assert refused.value.code == "day_not_over"
