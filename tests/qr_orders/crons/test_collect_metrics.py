"""Cron collect_metrics: orders by status, and those that are stuck (QO-20)."""

import pytest

from qr_orders.model import Payment
from qr_orders.use_cases.census import order_ids
from shared import metrics
from tests.qr_orders.support import Shop, sample

Gauges = dict[tuple[str, ...], int]
ORDER = "01KDZ0000000000000000000AA"


@pytest.fixture
def gauges(monkeypatch: pytest.MonkeyPatch) -> Gauges:
    """Every gauge by its name and the values of its dimensions."""
    found: Gauges = {}

    def gauge(name: str, value: int, _unit: str = "Count", **dimensions: str) -> None:
        found[name, *dimensions.values()] = value

    monkeypatch.setattr(metrics, "gauge", gauge)
    return found


def collect(here: Shop) -> None:
    here.world.run(here.module("crons.collect_metrics"), sample("collect_metrics"))


def test_orders_are_counted_by_both_statuses(here: Shop, gauges: Gauges) -> None:
    here.held()

    collect(here)

    assert gauges["OrdersByStatus", "payment", "held"] == 1
    assert gauges["OrdersByStatus", "partner", "open"] == 1


def test_status_without_orders_is_counted_as_zero(here: Shop, gauges: Gauges) -> None:
    collect(here)

    assert {value for name, value in gauges.items() if name[0] == "OrdersByStatus"} == {0}
    assert gauges["StuckOrders",] == gauges["RefundsRunning",] == 0


def test_order_with_two_tasks_is_counted_once(here: Shop, gauges: Gauges) -> None:
    order_id = here.clearing()
    here.arm(f"qr_orders_cancel#{order_id}-1", order_id=order_id, invoice_id=f"{order_id}-1")

    collect(here)

    assert gauges["OrdersByStatus", "payment", "clearing"] == 1


@pytest.mark.parametrize(
    ("payment", "limit_min"),
    [
        *((Payment.INIT, 2), (Payment.HOLDING, 15), (Payment.HELD, 30), (Payment.CLEARING, 10)),
        *((Payment.CANCELLING, 15), (Payment.REFUNDING, 60)),
    ],
)
def test_order_is_stuck_after_its_time(
    here: Shop, gauges: Gauges, payment: Payment, limit_min: int
) -> None:
    order_id = here.opened_in(payment)
    here.arm(f"qr_order_check_payment#{order_id}", order_id=order_id)
    here.clock.advance(limit_min * 60)
    collect(here)
    assert gauges["StuckOrders",] == 0

    here.clock.advance(0.001)
    collect(here)

    assert gauges["StuckOrders",] == gauges["StuckOrders", payment.value] == 1


def test_refund_under_way_is_counted(here: Shop, gauges: Gauges) -> None:
    order_id = here.opened_in(Payment.REFUNDING)
    here.arm(f"qr_order_check_payment#{order_id}", order_id=order_id)

    collect(here)

    assert gauges["RefundsRunning",] == 1


def test_parked_task_still_counts_its_order(here: Shop, gauges: Gauges) -> None:
    order_id = here.opened_in(Payment.HELD)
    task_id = f"qr_order_check_payment#{order_id}"
    here.arm(task_id, order_id=order_id)
    tasks = here.module("crons.sweep").wiring.tasks()
    tasks.park(tasks.take(task_id, None))

    collect(here)

    assert gauges["OrdersByStatus", "payment", "held"] == 1


def test_orders_table_is_never_scanned(here: Shop, gauges: Gauges) -> None:
    here.held()
    here.module("crons.collect_metrics")

    with here.watched() as seen:
        collect(here)

    assert set(seen) == {"dynamodb.Query", "dynamodb.BatchGetItem"}


@pytest.mark.parametrize(
    "task_id",
    [
        f"qr_orders_close#{ORDER}",
        f"qr_orders_cancel#{ORDER}-2",
        f"qr_order_process_cleared#{ORDER}#1-1",
        f"qr_order_render_receipt#{ORDER}-1/1",
    ],
)
def test_order_of_a_task_is_in_its_id(task_id: str) -> None:
    assert [*order_ids([task_id])] == [ORDER]


@pytest.mark.parametrize("task_id", ["qr_orders_transactions_callback#ev-1", "x#2026-01-01"])
def test_task_of_no_order_is_passed_over(task_id: str) -> None:
    assert [*order_ids([task_id])] == []
