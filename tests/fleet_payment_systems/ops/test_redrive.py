"""By hand, redrive: what fell into a dead-letter queue of the taxi parks comes back."""

from shared import aws
from tests.fleet_payment_systems.desk import event_of
from tests.support.aws_world import World


def test_dead_letter_comes_back_to_its_queue(world: World) -> None:
    app = world.load("fleet_payment_systems", "ops.redrive")
    prefix = world.environment("fleet_payment_systems")["QUEUE_URL_PREFIX"]
    sqs = aws.client("sqs")
    sqs.send_message(QueueUrl=f"{prefix}fps_credit-dlq", MessageBody='{"task_id": "fps_credit#1"}')

    assert world.run(app, event_of("redrive"))["waiting"] == 1
    report = world.run(app, {"queue": "fps_credit", "dry_run": False})

    (message,) = sqs.receive_message(QueueUrl=f"{prefix}fps_credit")["Messages"]
    assert (report["moved"], message["Body"]) == (1, '{"task_id": "fps_credit#1"}')
