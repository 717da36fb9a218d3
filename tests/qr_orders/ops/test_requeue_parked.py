"""By hand, requeue_parked: a parked receipt is asked for again, for three days again."""

from tests.qr_orders.ops.test_requeue_receipt import parked, task
from tests.qr_orders.support import Shop, sample


def test_operator_sees_what_is_parked(here: Shop) -> None:
    order_id = parked(here)

    report = here.world.run(here.module("ops.requeue_parked"), sample("requeue_parked"))

    assert [row["task_id"] for row in report["parked"]] == [task(order_id)]
    assert here.tasks()[task(order_id)]["shard"] == "parked"


def test_parked_receipt_has_three_days_again(here: Shop) -> None:
    order_id = parked(here)
    wish = {"task_ids": [task(order_id)], "dry_run": False}

    report = here.world.run(here.module("ops.requeue_parked"), wish)
    here.clock.advance(71 * 3600)
    here.work(task(order_id))

    assert report["requeued"] == [task(order_id)]
    assert here.tasks()[task(order_id)]["shard"] != "parked"
