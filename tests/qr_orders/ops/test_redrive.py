"""By hand, redrive: what fell into a dead-letter queue of qr_orders comes back."""

import json

import pytest

from shared import aws
from tests.qr_orders.support import HANDLERS, QUEUES, Shop, sample
from tests.support import calls

QUEUE = "qr_orders_close"


def test_sample_event_changes_nothing(here: Shop) -> None:
    report = here.world.run(here.module("ops.redrive"), sample("redrive"))

    assert report == {"dry_run": True, "queue": QUEUE, "waiting": 0, "seen": [], "moved": 0}


@pytest.mark.parametrize("queue", sorted(HANDLERS))
def test_dead_letter_comes_back_to_its_queue(here: Shop, queue: str) -> None:
    with calls.outside():
        body = json.dumps({"task_id": f"{queue}#01A"})
        aws.client("sqs").send_message(QueueUrl=f"{QUEUES}{queue}-dlq", MessageBody=body)

    report = here.world.run(here.module("ops.redrive"), {"queue": queue, "dry_run": False})

    assert report["moved"] == 1
    assert here.messages(queue) == [{"task_id": f"{queue}#01A"}]
