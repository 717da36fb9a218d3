"""Cron sweep: what is overdue is woken, whatever was lost (DESIGN 4, R11)."""

import pytest

from tests.qr_orders.conftest import Measured
from tests.qr_orders.support import HANDLERS, Shop, sample
from tests.support import calls


def sweep(here: Shop) -> None:
    here.world.run(here.module("crons.sweep"), sample("sweep"))


@pytest.mark.parametrize("queue", HANDLERS)
def test_overdue_task_of_every_queue_is_woken(here: Shop, queue: str) -> None:
    here.arm(f"{queue}#1", order_id="1")
    here.lose_messages()
    here.clock.advance(15)

    sweep(here)

    assert here.messages(queue) == [{"task_id": f"{queue}#1"}]


def test_task_that_is_hardly_late_is_left_to_its_own_message(here: Shop) -> None:
    here.arm("qr_orders_close#1", order_id="1")
    here.lose_messages()
    here.clock.advance(14.999)

    sweep(here)

    assert here.messages("qr_orders_close") == []


def test_payment_whose_messages_are_all_lost_comes_through(here: Shop) -> None:
    order_id = here.holding()
    here.outside.has_invoice(order_id, "held")
    here.lose_messages()
    here.clock.advance(20)

    sweep(here)
    (message,) = here.messages("qr_order_check_payment")
    here.deliver("qr_order_check_payment", message)

    assert here.order(order_id).payment.value == "held"


def test_lateness_is_measured_beyond_a_day(here: Shop, measured: Measured) -> None:
    here.arm("qr_orders_close#1", order_id="1")
    here.clock.advance(2 * 86400 + 60)

    sweep(here)

    assert ("OldestTaskAgeSec", 2 * 86400 + 60) in measured


def test_nothing_overdue_is_measured_as_zero(here: Shop, measured: Measured) -> None:
    sweep(here)

    assert {("OldestTaskAgeSec", 0), ("ParkedTasks", 0)} <= set(measured)


def test_parked_task_is_counted_and_not_woken(here: Shop, measured: Measured) -> None:
    task_id = "qr_orders_transactions_callback#ev-1"
    here.arm(task_id, invoice_id="01NOWHERE-1", event_id="ev-1")
    for _ in range(21):
        here.work(task_id)
    here.lose_messages()
    here.clock.advance(3600)

    sweep(here)

    assert here.messages("qr_orders_transactions_callback") == []
    assert ("ParkedTasks", 1) in measured


def test_sweep_that_fails_is_seen_by_lambda(here: Shop, measured: Measured) -> None:
    here.module("crons.sweep")

    def broken(call: calls.Call) -> None:
        raise ConnectionError(call.operation)

    with calls.intercepting(broken), pytest.raises(ConnectionError):
        sweep(here)

    assert ("Errors5xx", 1) in measured
