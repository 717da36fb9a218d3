"""By hand, requeue_parked: news that came too early is looked up again."""

from tests.support.rides import SERVICE, Rides

TASK = "scooters_payments_transactions_callback#e1"


def test_parked_news_is_heard_once_its_deposit_is_there(place: Rides) -> None:
    place.message("transactions_callback", {"event_id": "e1", "invoice_id": "s1-1"})
    for _ in range(21):
        place.pass_time(3600)
        place.wake("transactions_callback", "e1")
    place.start()

    shown = place.town.run(SERVICE, "ops.requeue_parked", {})
    done = place.town.run(SERVICE, "ops.requeue_parked", {"task_ids": [TASK], "dry_run": False})
    place.deliver()

    assert [row["task_id"] for row in shown["parked"]] == done["requeued"] == [TASK]
    assert TASK not in place.tasks()
