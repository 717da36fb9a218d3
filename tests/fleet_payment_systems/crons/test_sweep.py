"""functions/fleet_payment_systems/crons/sweep.py: overdue credits are woken (DESIGN 4)."""

import json

from fleet_payment_systems import wiring
from shared import aws
from shared.clock import SYSTEM
from shared.store import Transaction, commit
from tests.fleet_payment_systems.desk import event_of
from tests.support.aws_world import World
from tests.support.clock import FakeClock

TASK = "fps_credit#park-7#0000000000000000001"


def test_an_overdue_credit_is_woken(world: World, clock: FakeClock) -> None:
    writes = Transaction()
    wiring.tasks().arm(writes, TASK, {"park_id": "park-7"}, SYSTEM.now())
    writes.after_commit.clear()
    commit(writes)
    clock.advance(15.001)

    world.run(world.load("fleet_payment_systems", "crons.sweep"), event_of("sweep"))

    queue = aws.client("sqs").get_queue_url(QueueName="test-fps_credit")["QueueUrl"]
    found = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    assert [json.loads(each["Body"]) for each in found["Messages"]] == [{"task_id": TASK}]
