"""By hand, redrive: what fell into a dead-letter queue of the taxi parks comes back."""

import pytest

from shared import aws
from tests.fleet_payment_systems.desk import QUEUES, event_of
from tests.support.aws_world import World


@pytest.mark.parametrize("queue", QUEUES)
def test_dead_letter_comes_back_to_its_queue(world: World, queue: str) -> None:
    app = world.load("fleet_payment_systems", "ops.redrive")
    prefix = world.environment("fleet_payment_systems")["QUEUE_URL_PREFIX"]
    sqs = aws.client("sqs")
    sqs.send_message(QueueUrl=f"{prefix}{queue}-dlq", MessageBody='{"task_id": "fps_credit#1"}')

    assert world.run(app, event_of("redrive") | {"queue": queue})["waiting"] == 1
    report = world.run(app, {"queue": queue, "dry_run": False})

    (message,) = sqs.receive_message(QueueUrl=f"{prefix}{queue}")["Messages"]
    assert (report["moved"], message["Body"]) == (1, '{"task_id": "fps_credit#1"}')
