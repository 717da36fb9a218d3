"""Queue qr_orders_transactions_callback: news only pokes the watch (QO-12, QO-27, C1..C8)."""

import json
from typing import Any

import pytest

from qr_orders.model import Payment
from tests.qr_orders.support import Shop, sample
from tests.support.aws_world import Context

QUEUE = "qr_orders_transactions_callback"
UNKNOWN = "01NOWHERE"


def news(order_id: str, **changes: Any) -> dict[str, Any]:
    """The sample message, of the order's first invoice."""
    said: dict[str, Any] = json.loads(sample("transactions_callback")["Records"][0]["body"])
    return said | {"invoice_id": f"{order_id}-1"} | changes


def watch(order_id: str) -> str:
    return f"qr_order_check_payment#{order_id}"


def waiting(event_id: str = "ev-1") -> str:
    return f"{QUEUE}#{event_id}"


def test_callback_makes_the_watch_look_now(here: Shop) -> None:
    order_id = here.holding()
    assert here.due_in_s(watch(order_id)) > 0

    assert here.deliver(QUEUE, news(order_id))

    assert here.due_in_s(watch(order_id)) == 0
    assert {"task_id": watch(order_id)} in here.messages("qr_order_check_payment")


def test_callback_is_never_believed(here: Shop) -> None:
    order_id = here.holding()
    before = here.order(order_id)

    here.deliver(QUEUE, news(order_id, status="failed", error_code="card_blocked", held="1.00"))

    assert here.order(order_id) == before
    assert [one.method for one in here.outside.asked] == ["POST", "POST"]


def test_duplicate_callback_is_harmless(here: Shop) -> None:
    order_id = here.holding()
    here.outside.has_invoice(order_id, "held")
    for _ in range(2):
        assert here.deliver(QUEUE, news(order_id))
        here.work(watch(order_id))

    assert here.order(order_id).payment is Payment.HELD
    assert here.journal(order_id).count("payment_held") == 1


def test_late_callback_of_a_finished_order_leaves_nothing_behind(here: Shop) -> None:
    order_id = here.opened_in(Payment.CLEARED)

    here.deliver(QUEUE, news(order_id))
    here.work(watch(order_id))

    assert here.tasks() == {}
    assert here.order(order_id).payment is Payment.CLEARED


def test_callback_of_an_older_attempt_is_counted_and_leaves_the_newer_one_alone(
    here: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = here.opened_in(Payment.HOLDING, attempt=2)
    before = here.order(order_id)

    assert here.deliver(QUEUE, news(order_id))

    assert here.order(order_id) == before
    assert watch(order_id) not in here.tasks()
    assert '"CallbackStale":[1.0]' in capsys.readouterr().out


def test_callback_of_an_unknown_invoice_waits_as_a_task(here: Shop) -> None:
    assert here.deliver(QUEUE, news(UNKNOWN))

    task = here.tasks()[waiting()]
    assert task["payload"] == {"invoice_id": f"{UNKNOWN}-1", "event_id": "ev-1"}
    assert here.due_in_s(waiting()) == 2


def test_waiting_callback_pokes_once_its_order_is_there(here: Shop) -> None:
    order_id = here.opened_in(Payment.HOLDING)
    here.arm(waiting(), invoice_id=f"{order_id}-1", event_id="ev-1")

    assert here.work(waiting())

    assert list(here.tasks()) == [watch(order_id)]
    assert here.due_in_s(watch(order_id)) == 0


def test_waiting_callback_waits_on_while_its_order_is_unknown(here: Shop) -> None:
    here.deliver(QUEUE, news(UNKNOWN))

    for attempt in range(1, 4):
        assert here.work(waiting())
        assert here.tasks()[waiting()]["attempts"] == attempt
        assert 0 < here.due_in_s(waiting()) <= 2**attempt


def test_callback_of_nobodys_invoice_is_parked_and_kept(here: Shop) -> None:
    here.deliver(QUEUE, news(UNKNOWN))

    for _ in range(21):
        here.work(waiting())

    assert here.tasks()[waiting()]["shard"] == "parked"


def test_callbacks_of_two_events_wait_apart(here: Shop) -> None:
    here.deliver(QUEUE, news(UNKNOWN))
    here.deliver(QUEUE, news(UNKNOWN))
    here.deliver(QUEUE, news(UNKNOWN, event_id="ev-2"))

    assert set(here.tasks()) == {waiting("ev-1"), waiting("ev-2")}


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "null",
        "{}",
        '{"event_id": "ev-1"}',
        '{"invoice_id": "01A-1"}',
        '{"event_id": "ev-1", "invoice_id": "no attempt"}',
    ],
)
def test_message_that_cannot_be_read_is_reported_as_failed(here: Shop, body: str) -> None:
    assert not here.deliver(QUEUE, body)

    assert here.tasks() == {}


def test_message_that_cannot_be_read_does_not_hold_up_its_neighbour(here: Shop) -> None:
    order_id = here.opened_in(Payment.HOLDING)
    bad, good = sample("transactions_callback"), sample("transactions_callback")
    bad["Records"][0] |= {"body": "{", "messageId": "bad"}
    good["Records"][0]["body"] = json.dumps(news(order_id))

    module = here.module("tasks.transactions_callback")
    answer = module.app({"Records": [*bad["Records"], *good["Records"]]}, Context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert watch(order_id) in here.tasks()
