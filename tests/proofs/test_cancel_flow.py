"""A till that cancels, a hold that comes too late: the money goes back, whatever crashes."""

from collections.abc import Callable

from tests.proofs.invariants import check_books, check_cancelled, ledger, told
from tests.proofs.phases import insist
from tests.support.orders import TOTAL_MINOR, close, get, open_order, pay, payment_of
from tests.support.town import Town


def cancel(place: Town, order_id: str) -> Callable[[], None]:
    return lambda: insist(lambda: close(place, order_id, "cancelled"))


def test_a_cancelled_guest_is_told_once_and_gets_everything_back(place: Town) -> None:
    order_id = open_order(place, external_order_id="told")
    pay(place, order_id)
    place.settle(rounds=2)
    cancel(place, order_id)()
    place.settle(rounds=16)
    check_cancelled(place, order_id)
    books = ledger(place, f"{order_id}-1")
    assert (books["held"], books["voided"]) == (TOTAL_MINOR, TOTAL_MINOR)
    assert told(place, order_id) == ["order_cancelled"]
    assert get(place, order_id)["receipts"] == []


def test_another_card_after_a_declined_one_pays_with_a_new_invoice(place: Town) -> None:
    order_id = open_order(place, external_order_id="second-card")
    assert pay(place, order_id, method="card-insufficient", key="first")[0] == 200
    place.settle(rounds=3)
    assert payment_of(place, order_id) == "hold_failed"
    status, body = pay(place, order_id, user="guest-2", key="second")
    assert (status, body["invoice_id"]) == (200, f"{order_id}-2")
    place.settle(rounds=3)
    assert payment_of(place, order_id) == "held"
    check_books(place, order_id)


def test_late_news_of_the_declined_attempt_leaves_the_new_one_alone(place: Town) -> None:
    order_id = open_order(place, external_order_id="late-news")
    pay(place, order_id, method="card-insufficient", key="first")
    place.settle(rounds=3)
    pay(place, order_id, key="second")
    place.settle(rounds=3)
    before = get(place, order_id)
    fact = {"event_id": "late", "invoice_id": f"{order_id}-1", "version": 1}
    place.tell("qr_orders_transactions_callback", fact)
    place.settle(rounds=3)
    assert get(place, order_id) == before
    assert before["status"]["payment"] == "held"
