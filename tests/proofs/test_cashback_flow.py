"""Cashback: published, credited and told once, whatever crashes, repeats or overtakes."""

import json
from collections.abc import Iterator

import pytest

from tests.proofs.invariants import check_books, told
from tests.proofs.phases import crash_everywhere, warm_town
from tests.support.orders import close, get, open_order, pay
from tests.support.town import Town

QUEUE = "qr_order_cashback_notify"


@pytest.fixture(scope="module")
def place() -> Iterator[Town]:
    with warm_town() as found:
        found.hear()
        found.settle(rounds=2)
        found.run("qr_orders", "crons.sweep", {})
        yield found


@pytest.fixture(autouse=True)
def afresh(place: Town) -> Iterator[None]:
    start = place.aws.snapshot()
    yield
    place.aws.restore(start)


def cleared(place: Town, name: str, user: str = "guest-1") -> str:
    """An order whose clear is on its way, and nobody has been told."""
    order_id = open_order(place, external_order_id=name)
    assert pay(place, order_id, user=user)[0] == 200
    place.settle(rounds=2)
    assert close(place, order_id)[0] == 200
    return order_id


def paid(place: Town, name: str, user: str = "guest-1") -> str:
    """An order that is paid, with its event on the bus."""
    order_id = cleared(place, name, user)
    place.settle(rounds=5)
    return order_id


def check_credited(place: Town, order_id: str) -> None:
    """One credit of 5 % in whole roubles, the same in all three books; nothing left to do."""
    check_books(place, order_id)
    assert get(place, order_id)["cashback"] == "78.00"
    told_eda = [row for row in place.rows("sandbox-credits") if order_id in row["document_id"]]
    assert [row["credit"] for row in told_eda] == ["78.00 RUB"]
    booked = [
        row["amount"] for row in place.rows("sandbox-cashback") if row["order_id"] == order_id
    ]
    assert booked == [7800]
    assert sorted(told(place, order_id)) == ["cashback_credited", "order_paid"]
    assert [row for row in place.rows("qr_orders-tasks") if order_id in row["task_id"]] == []


def finish(place: Town) -> None:
    """Only the sweeper works; then the bus and the cashback service deliver as long as it takes."""
    place.sweep_alone(rounds=6)
    place.hear()
    place.settle(rounds=2)
    place.sweep_alone(rounds=6)


def run(place: Town, task: str, task_id: str) -> None:
    """The wake-up of a task, whose message the test has lost; a crash of it is the harness's."""
    record = {"messageId": "m", "body": json.dumps({"task_id": task_id})}
    place.run("qr_orders", f"tasks.{task}", {"Records": [record]})


def test_a_crash_anywhere_in_publishing_tells_the_bus_what_was_paid(place: Town) -> None:
    order_id = cleared(place, "publish")
    run(place, "close", f"qr_orders_close#{order_id}")
    place.aws.clock.advance(5)
    run(place, "check_payment", f"qr_order_check_payment#{order_id}")
    place.lose_messages()
    task_id = f"qr_order_process_cleared#{order_id}#1-1"
    crash_everywhere(
        place,
        place.aws.snapshot(),
        flow=lambda: run(place, "process_cleared", task_id),
        recover=lambda: finish(place),
        check=lambda: check_credited(place, order_id),
    )


def test_a_crash_anywhere_in_taking_and_telling_a_credit_is_healed(place: Town) -> None:
    order_id = paid(place, "credit")
    place.sweep_alone(rounds=6)
    place.hear()
    place.lose_messages()
    fact = credit(order_id)
    place.tell(QUEUE, fact)

    def recover() -> None:
        """Whoever sends a fact sends it until it is taken."""
        place.tell(QUEUE, fact)
        place.deliver()
        place.sweep_alone(rounds=6)

    crash_everywhere(
        place,
        place.aws.snapshot(),
        flow=place.deliver,
        recover=recover,
        check=lambda: check_credited(place, order_id),
    )


def credit(order_id: str) -> dict[str, str]:
    """What the sandbox's cashback sends, word for word but the moment."""
    return {
        **{"ticket_id": f"cb-{order_id}:1", "order_id": order_id, "amount": "78.00"},
        **{"currency": "RUB", "credited_at": "2026-01-02T10:00:30.000Z"},
    }


def test_an_event_published_twice_is_one_credit(place: Town) -> None:
    order_id = paid(place, "twice")
    (event,) = place.published().values()
    place.hear()
    place.run("sandbox", "subscribers.payments", event)
    place.settle(rounds=2)
    place.sweep_alone(rounds=4)
    check_credited(place, order_id)


@pytest.mark.parametrize("user", ["guest-cashback-dup", "guest-cashback-late"])
def test_a_message_that_comes_twice_or_late_is_one_credit(place: Town, user: str) -> None:
    order_id = paid(place, user, user)
    place.hear()
    place.settle(rounds=12, seconds=4)
    place.sweep_alone(rounds=4)
    check_credited(place, order_id)


def test_a_message_that_never_comes_credits_nothing_and_leaves_nothing(place: Town) -> None:
    order_id = paid(place, "lost", "guest-cashback-lost")
    finish(place)
    assert get(place, order_id)["cashback"] == "0.00"
    assert told(place, order_id) == ["order_paid"]
    check_books(place, order_id)


def test_a_credit_that_overtakes_the_news_of_its_payment_waits_for_it(place: Town) -> None:
    order_id = cleared(place, "overtaken")
    place.lose_messages()
    place.tell(QUEUE, credit(order_id))
    place.deliver()
    assert get(place, order_id)["cashback"] == "0.00"
    finish(place)
    check_credited(place, order_id)
