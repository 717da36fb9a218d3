"""By hand, requeue_parked of the taxi parks: what failed too often is tried again."""

import pytest

from shared.parked import parked_of
from shared.store import Transaction, commit
from shared.tasks import Tasks
from tests.fleet_payment_systems.desk import QUEUES, event_of
from tests.support.aws_world import World
from tests.support.clock import FakeClock


@pytest.mark.parametrize("queue", QUEUES)
def test_parked_task_is_armed_again(world: World, clock: FakeClock, queue: str) -> None:
    app = world.load("fleet_payment_systems", "ops.requeue_parked")
    tasks = Tasks(clock, world.environment("fleet_payment_systems")["QUEUE_URL_PREFIX"])
    transaction = Transaction()
    tasks.arm(transaction, f"{queue}#park-1#e1", {"park_id": "park-1"}, clock.now())
    commit(transaction)
    ticket = tasks.take(f"{queue}#park-1#e1", None)
    assert ticket is not None
    tasks.park(ticket)

    shown = world.run(app, event_of("requeue_parked") | {"queue": queue})
    done = world.run(app, {"queue": queue, "dry_run": False})

    assert [row["task_id"] for row in shown["parked"]] == done["requeued"]
    assert done["requeued"] == [f"{queue}#park-1#e1"]
    assert parked_of(queue) == []
