"""By hand, requeue_receipt: receipts that never came are asked for again (RC-12)."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from shared.errors import NotFound
from shared.tasks import TaskRow
from tests.qr_orders.outside import INVOICES, NOTIFICATIONS, fiscal_receipt
from tests.qr_orders.support import Shop, sample
from tests.support import calls
from tests.support.intrinsics import Json

DAY = {"from": "2026-01-02", "to": "2026-01-02"}


def requeue(here: Shop, **wish: Any) -> Json:
    answer: Json = here.world.run(here.module("ops.requeue_receipt"), {"dry_run": False} | wish)
    return answer


def task(order_id: str) -> str:
    return f"qr_order_render_receipt#{order_id}-1/1"


def requested(here: Shop) -> str:
    """A paid order whose receipt was asked for and has not come."""
    order_id = here.cleared()
    here.outside.says("PUT", f"/eda/v1/invoices/{order_id}-1/documents/1", {}, 202)
    here.outside.says("POST", NOTIFICATIONS, {}, 202)
    assert here.work(f"qr_order_process_cleared#{order_id}#1-1")
    return order_id


def parked(here: Shop) -> str:
    order_id = requested(here)
    here.clock.advance(73 * 3600)
    here.work(task(order_id))
    assert here.tasks()[task(order_id)]["shard"] == "parked"
    return order_id


@pytest.mark.parametrize("by", ["order_id", "document_id", "dates"])
def test_parked_receipt_is_asked_for_again_and_comes(here: Shop, by: str) -> None:
    order_id = parked(here)
    path = f"/eda/v1/invoices/{order_id}-1/documents/1/receipt"
    here.outside.says("GET", path, fiscal_receipt())
    wish = {
        "order_id": {"order_id": order_id},
        "document_id": {"document_id": f"{order_id}-1/1"},
        "dates": DAY,
    }[by]

    report = requeue(here, **wish)
    here.work(task(order_id))

    row = {"order_id": order_id, "document_id": f"{order_id}-1/1", "task": "render_receipt"}
    assert report["requeued"] == [row]
    assert here.rows("receipts")[0]["state"] == "stored"


def test_requeued_receipt_has_three_days_again(here: Shop) -> None:
    order_id = parked(here)
    requeue(here, order_id=order_id)

    here.clock.advance(71 * 3600)
    here.work(task(order_id))

    assert here.tasks()[task(order_id)]["shard"] != "parked"


def test_dry_run_tells_and_does_nothing(here: Shop) -> None:
    order_id = parked(here)
    before = here.tasks()

    report = requeue(here, order_id=order_id, dry_run=True)

    assert [row["order_id"] for row in report["requeued"]] == [order_id]
    assert report["parked"] == [task(order_id)]
    assert here.tasks() == before


def test_nothing_is_done_unless_the_operator_says_so(here: Shop) -> None:
    report = here.world.run(here.module("ops.requeue_receipt"), sample("requeue_receipt"))

    assert report == {"dry_run": True, "orders": 0, "requeued": [], "parked": []}


def test_stored_receipt_is_left_alone(here: Shop) -> None:
    order_id = requested(here)
    path = f"/eda/v1/invoices/{order_id}-1/documents/1/receipt"
    here.outside.says("GET", path, fiscal_receipt())
    here.work(task(order_id))

    assert requeue(here, order_id=order_id)["requeued"] == []
    assert here.tasks() == {}


def lost(here: Shop, order_id: str, version: int) -> Json:
    """The task of a version's document is gone, and had said this."""
    name = f"qr_order_process_cleared#{order_id}#1-{version}"
    payload: Json = here.all_tasks()[name]["payload"]
    with calls.outside():
        TaskRow(name).delete()
    return payload


def refunded(here: Shop) -> str:
    """A paid order of which one soup went back an hour later."""
    order_id = here.cleared()
    here.clock.advance(3600)
    assert here.post("admin_refund", order_id=order_id)[0] == 202
    here.outside.says("POST", f"{INVOICES}/{order_id}-1/update")
    assert here.work(f"qr_order_update_transactions#{order_id}")
    operations = [{"id": f"{order_id}-1-u2", "version": 2, "status": "done"}]
    sums = {"held": "1570.00", "cleared": "1570.00", "refunded": "400.00"}
    here.outside.has_invoice(order_id, "cleared", version=2, operations=operations, **sums)
    assert here.work(f"qr_order_check_payment#{order_id}")
    return order_id


def test_cleared_order_without_a_document_is_processed_again(here: Shop) -> None:
    order_id = here.cleared()
    said = lost(here, order_id, 1)

    report = requeue(here, order_id=order_id)

    assert [row["task"] for row in report["requeued"]] == ["process_cleared"]
    name = f"qr_order_process_cleared#{order_id}#1-1"
    assert here.tasks()[name]["payload"] == said


def test_document_says_after_a_refund_what_it_said_before(here: Shop) -> None:
    """Else Eda would see another document under the same number, and refuse it for ever."""
    order_id = refunded(here)
    said = [lost(here, order_id, version) for version in (1, 2)]

    report = requeue(here, order_id=order_id)

    assert [row["document_id"] for row in report["requeued"]] == [
        f"{order_id}-1/1",
        f"{order_id}-1/2",
    ]
    names = [f"qr_order_process_cleared#{order_id}#1-{version}" for version in (1, 2)]
    assert [here.tasks()[name]["payload"] for name in names] == said
    assert said[0]["cleared_at"] < said[1]["cleared_at"]


def test_one_document_of_a_refunded_order_is_asked_for_alone(here: Shop) -> None:
    order_id = refunded(here)

    report = requeue(here, document_id=f"{order_id}-1/2")

    assert [row["document_id"] for row in report["requeued"]] == [f"{order_id}-1/2"]


def test_refund_under_way_has_no_document_yet(here: Shop) -> None:
    order_id = requested(here)
    assert here.post("admin_refund", order_id=order_id)[0] == 202

    report = requeue(here, order_id=order_id, dry_run=True)

    assert [row["document_id"] for row in report["requeued"]] == [f"{order_id}-1/1"]


@pytest.mark.parametrize(("age_min", "count"), [(15, 0), (16, 1)])
def test_document_of_a_day_is_late_after_a_quarter_of_an_hour(
    here: Shop, age_min: int, count: int
) -> None:
    requested(here)
    here.clock.advance(timedelta(minutes=age_min).total_seconds())

    assert len(requeue(here, **DAY)["requeued"]) == count


def test_requeue_twice_leaves_one_task(here: Shop) -> None:
    order_id = parked(here)

    first, second = requeue(here, order_id=order_id), requeue(here, order_id=order_id)

    assert first["requeued"] == second["requeued"]
    assert [*here.tasks()] == [task(order_id)]


def test_unknown_order_is_an_error(here: Shop) -> None:
    with pytest.raises(NotFound):
        requeue(here, order_id="01KDZ0000000000000000000ZZ")


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"order_id": "a", "document_id": "a-1/1"},
        {"order_id": "a", **DAY},
        {"from": "2026-01-02"},
        {"from": "2026-01-02", "to": "2026-01-01"},
        {"from": "2026-01-01", "to": "2026-02-02"},
        {"document_id": "a-1"},
    ],
)
def test_unclear_wish_is_refused(here: Shop, wish: Json) -> None:
    with pytest.raises(ValidationError):
        requeue(here, **wish)
