"""By hand, redrive: what fell into a dead-letter queue of the deposits comes back."""

import json

from shared import aws
from tests.support import calls
from tests.support.rides import SERVICE, TASKS, Rides

QUEUE = "scooters_payments_transactions_callback"


def test_news_of_an_invoice_comes_back_and_is_heard(place: Rides) -> None:
    place.start()
    prefix = place.town.world.environment(SERVICE)["QUEUE_URL_PREFIX"]
    news = {"event_id": "e1", "invoice_id": "nobody-1"}
    with calls.outside():
        body = json.dumps(news)
        aws.client("sqs").send_message(QueueUrl=f"{prefix}{QUEUE}-dlq", MessageBody=body)

    report = place.town.run(SERVICE, "ops.redrive", {"queue": QUEUE, "dry_run": False})
    place.deliver()

    assert report["moved"] == 1
    assert f"{QUEUE}#e1" in place.tasks()


def test_every_queue_of_deposits_may_be_driven_back(place: Rides) -> None:
    prefix = place.town.world.environment(SERVICE)["QUEUE_URL_PREFIX"]
    for queue in TASKS:
        with calls.outside():
            body = json.dumps({"task_id": f"{queue}#none"})
            aws.client("sqs").send_message(QueueUrl=f"{prefix}{queue}-dlq", MessageBody=body)
        report = place.town.run(SERVICE, "ops.redrive", {"queue": queue, "dry_run": False})
        assert report["moved"] == 1

    assert place.deliver() == len(TASKS)
