"""functions/scooters_payments/tasks/transactions_callback.py: news only pokes (QO-27, R8)."""

from tests.support.rides import Rides

NEWS = {"event_id": "e1", "invoice_id": "s1-1", "version": 9, "status": "done"}


def test_news_of_a_wanted_invoice_wake_its_hold_and_say_nothing_themselves(place: Rides) -> None:
    place.start(card="card-slow-65")
    place.deliver()
    place.message("transactions_callback", NEWS)
    place.settle(2)
    assert place.status() == "holding"


def test_news_of_an_unwanted_invoice_wake_its_release(place: Rides) -> None:
    place.start(card="card-insufficient")
    place.settle(3)
    place.start(card="card-ok")
    place.settle(3)
    place.message("transactions_callback", NEWS)
    assert "scooters_payments_release#s1-1" in place.tasks()
    assert place.counted("CallbackStale") == 1
    place.settle(3)
    assert (place.status(), place.ledger("s1-2")["open"]) == ("held", 30000)


def test_news_before_their_deposit_wait_for_it(place: Rides) -> None:
    place.message("transactions_callback", NEWS)
    assert place.tasks() == ["scooters_payments_transactions_callback#e1"]
    place.start()
    place.settle(5)
    assert place.status() == "held"
    assert place.tasks() == ["scooters_payments_close_left_open#s1"]


def test_news_that_are_none_go_to_the_dead_letters(place: Rides) -> None:
    answer = place.message("transactions_callback", {"hello": "world"})
    assert answer["batchItemFailures"] == [{"itemIdentifier": "m"}]
