"""By hand, redrive: what fell into the dead-letter queue of cash desks comes back."""

from shared import aws
from tests.support import calls
from tests.support.checkout import QUEUE, SERVICE, Checkout


def test_dead_letter_comes_back_to_its_queue(here: Checkout) -> None:
    prefix = here.town.world.environment(SERVICE)["QUEUE_URL_PREFIX"]
    with calls.outside():
        body = '{"task_id": "merch_check_payment#none"}'
        aws.client("sqs").send_message(QueueUrl=f"{prefix}{QUEUE}-dlq", MessageBody=body)

    report = here.town.run(SERVICE, "ops.redrive", {"queue": QUEUE, "dry_run": False})

    assert report["moved"] == 1
    assert here.deliver() == 1
