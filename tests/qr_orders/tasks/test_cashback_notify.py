"""Queue and task qr_order_cashback_notify: cashback that somebody else has credited (QO-19)."""

from typing import Any

import pytest

from qr_orders.model import Payment
from tests.qr_orders.conftest import Measured
from tests.qr_orders.outside import NOTIFICATIONS
from tests.qr_orders.support import Shop
from tests.support.intrinsics import Json

QUEUE = "qr_order_cashback_notify"
TASK = f"{QUEUE}#cb-1"


def credited(order_id: str, **changes: Any) -> Json:
    return {
        **{"ticket_id": "cb-1", "order_id": order_id, "amount": "78.00", "currency": "RUB"},
        **{"credited_at": "2026-01-02T10:00:30.000Z", **changes},
    }


def path(order_id: str) -> str:
    return f"/eda/v1/invoices/{order_id}-1/documents/1/cashback"


def paid(here: Shop) -> str:
    """A cleared order; Eda and the notifications listen."""
    order_id = here.opened_in(Payment.CLEARED)
    here.outside.says("POST", path(order_id))
    here.outside.says("POST", NOTIFICATIONS, {"id": "n1"}, 202)
    return order_id


def test_credited_cashback_is_told_and_kept(here: Shop) -> None:
    order_id = paid(here)

    assert here.deliver(QUEUE, credited(order_id))
    assert here.work(TASK)

    told = {"amount": "78.00", "currency": "RUB", "ticket_id": "cb-1"}
    assert here.outside.bodies("POST", path(order_id)) == [told]
    (message,) = here.outside.bodies("POST", NOTIFICATIONS)
    assert message["intent"] == "cashback_credited"
    assert message["params"] == {"order_id": order_id, "amount": "78.00"}
    assert message["idempotency_key"] == f"{order_id}:cashback_credited:cb-1"
    assert here.order(order_id).cashback == 7800
    assert here.get(order_id=order_id)[1]["cashback"] == "78.00"
    assert here.journal(order_id)[-1] == "cashback_credited"
    assert here.tasks() == {}


def test_message_is_acknowledged_once_its_task_is_armed(here: Shop) -> None:
    order_id = here.opened_in(Payment.CLEARED)

    assert here.deliver(QUEUE, credited(order_id))

    assert here.outside.asked == []
    assert here.tasks()[TASK]["payload"]["amount"] == 7800


@pytest.mark.parametrize("moment", ["before", "after"])
def test_same_ticket_is_credited_once_for_ever(here: Shop, measured: Measured, moment: str) -> None:
    order_id = paid(here)
    here.deliver(QUEUE, credited(order_id))
    if moment == "after":
        here.work(TASK)

    # The moment is told anew, the credit is the same.
    assert here.deliver(QUEUE, credited(order_id, credited_at="2026-01-03T10:00:30.000Z"))
    here.work(TASK)

    assert len(here.outside.bodies("POST", path(order_id))) == 1
    assert here.order(order_id).cashback == 7800
    assert ("CashbackConflict", 1) not in measured


@pytest.mark.parametrize("changes", [{"amount": "79.00"}, {"order_id": "01OTHER"}])
def test_other_content_under_a_known_ticket_has_no_effect_but_an_alarm(
    here: Shop, measured: Measured, changes: Json
) -> None:
    order_id = paid(here)
    here.deliver(QUEUE, credited(order_id))

    assert here.deliver(QUEUE, credited(order_id) | changes)
    here.work(TASK)

    assert ("CashbackConflict", 1) in measured
    assert here.order(order_id).cashback == 7800
    assert here.tasks() == {}


def test_two_tickets_of_an_order_add_up(here: Shop) -> None:
    order_id = paid(here)
    for ticket_id in ("cb-1", "cb-2"):
        here.deliver(QUEUE, credited(order_id, ticket_id=ticket_id))
        here.work(f"{QUEUE}#{ticket_id}")

    assert here.order(order_id).cashback == 15600


@pytest.mark.parametrize("payment", [None, Payment.CLEARING])
def test_cashback_of_an_order_not_seen_paid_yet_waits(here: Shop, payment: Payment | None) -> None:
    order_id = here.opened_in(payment) if payment else "01NOWHERE"
    here.deliver(QUEUE, credited(order_id))

    assert here.work(TASK)

    assert here.tasks()[TASK]["attempts"] == 1
    assert here.outside.asked == []


def test_cashback_of_an_order_that_never_comes_waits_for_an_operator(here: Shop) -> None:
    here.deliver(QUEUE, credited("01NOWHERE"))
    here.tire(TASK, 20)

    assert here.work(TASK)

    assert here.tasks()[TASK]["shard"] == "parked"


def test_cashback_in_another_currency_is_left_to_an_operator(
    here: Shop, measured: Measured
) -> None:
    order_id = paid(here)
    here.deliver(QUEUE, credited(order_id, currency="KZT"))

    assert here.work(TASK)

    assert here.tasks()[TASK]["shard"] == "parked"
    assert ("CashbackConflict", 1) in measured
    assert (here.outside.asked, here.order(order_id).cashback) == ([], 0)


@pytest.mark.parametrize("broken", ["eda", "notify"])
def test_step_that_fails_is_repeated_and_counted_once(here: Shop, broken: str) -> None:
    order_id = paid(here)
    broken_path = path(order_id) if broken == "eda" else NOTIFICATIONS
    here.outside.times_out("POST", broken_path)
    here.deliver(QUEUE, credited(order_id))
    here.work(TASK)
    assert here.order(order_id).cashback == 0

    here.outside.says("POST", broken_path)
    here.work(TASK)

    assert here.order(order_id).cashback == 7800


def test_outage_of_eda_however_long_loses_nothing(here: Shop) -> None:
    order_id = paid(here)
    here.outside.times_out("POST", path(order_id))
    here.deliver(QUEUE, credited(order_id))
    here.tire(TASK, 50)

    here.work(TASK)

    assert here.tasks()[TASK]["shard"] != "parked"


@pytest.mark.parametrize(
    "changes",
    [
        *({"amount": "0.00"}, {"amount": "-1.00"}, {"amount": "78.001"}, {"amount": 78}),
        *({"currency": "XXX"}, {"ticket_id": ""}, {"order_id": "a/b"}),
        *({"credited_at": "2026-01-02"}, {"credited_at": "then"}),
    ],
)
def test_message_that_cannot_be_cashback_is_reported_as_failed(here: Shop, changes: Json) -> None:
    assert not here.deliver(QUEUE, credited("01A") | changes)

    assert (here.tasks(), here.rows("claims")) == ({}, [])
