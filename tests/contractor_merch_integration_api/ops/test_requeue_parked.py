"""By hand, requeue_parked: a parked look at a purchase is taken again."""

from shared.tasks import TaskRow
from tests.support import calls
from tests.support.checkout import SERVICE, Checkout

TRN = 900001


def test_parked_task_is_armed_again(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00", timeout=300)
    (task_id,) = here.tasks()
    with calls.outside():
        TaskRow(task_id).update([TaskRow.shard.set("parked")])

    shown = here.town.run(SERVICE, "ops.requeue_parked", {})
    done = here.town.run(SERVICE, "ops.requeue_parked", {"task_ids": [task_id], "dry_run": False})

    assert [row["task_id"] for row in shown["parked"]] == done["requeued"] == [task_id]
