"""By hand, requeue_parked of the taxi parks: an export that failed too often is tried again."""

from shared.parked import parked_of
from shared.store import Transaction, commit
from shared.tasks import Tasks
from tests.fleet_payment_systems.desk import event_of
from tests.support.aws_world import World
from tests.support.clock import FakeClock


def test_parked_export_is_armed_again(world: World, clock: FakeClock) -> None:
    app = world.load("fleet_payment_systems", "ops.requeue_parked")
    tasks = Tasks(clock, world.environment("fleet_payment_systems")["QUEUE_URL_PREFIX"])
    transaction = Transaction()
    tasks.arm(transaction, "fps_export#park-1#e1", {"park_id": "park-1"}, clock.now())
    commit(transaction)
    ticket = tasks.take("fps_export#park-1#e1", None)
    assert ticket is not None
    tasks.park(ticket)

    shown = world.run(app, event_of("requeue_parked"))
    done = world.run(app, {"queue": "fps_export", "dry_run": False})

    assert [row["task_id"] for row in shown["parked"]] == done["requeued"]
    assert done["requeued"] == ["fps_export#park-1#e1"]
    assert parked_of("fps_export") == []
