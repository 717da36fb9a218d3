"""functions/fleet_payment_systems/tasks/credit.py: one wake-up of the queue fps_credit."""

from tests.fleet_payment_systems.desk import event_of
from tests.support.aws_world import World


def test_a_wake_up_of_a_task_that_is_done_is_acknowledged(world: World) -> None:
    module = world.load("fleet_payment_systems", "tasks.credit")
    assert world.run(module, event_of("credit")) == {"batchItemFailures": []}
