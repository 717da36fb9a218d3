"""By hand, requeue_parked: a parked receipt is asked for again, for three days again."""

from shared.tasks import TaskRow
from tests.qr_orders.ops.test_requeue_receipt import parked, task
from tests.qr_orders.support import HANDLERS, Shop, sample
from tests.support import calls


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


def test_task_of_every_queue_is_armed_and_woken(here: Shop) -> None:
    for queue in HANDLERS:
        here.arm(f"{queue}#01A")
        with calls.outside():
            TaskRow(f"{queue}#01A").update([TaskRow.shard.set("parked")])
    here.lose_messages()

    report = here.world.run(here.module("ops.requeue_parked"), {"dry_run": False})

    assert sorted(report["requeued"]) == sorted(f"{queue}#01A" for queue in HANDLERS)
    assert all(here.messages(queue) == [{"task_id": f"{queue}#01A"}] for queue in HANDLERS)
