"""Task qr_order_expired: an order's time ends it, and paid money is never dropped (QO-18, X2)."""

from typing import Any

import pytest

from qr_orders.model import Partner, Payment
from tests.qr_orders.conftest import Measured
from tests.qr_orders.support import Shop, hasty

ENDED = (Partner.CLOSED, Partner.CANCELLED, Partner.EXPIRED)
IN_FLIGHT = (Payment.INIT, Payment.HOLDING)
TTL_S = 4 * 3600
GRACE_S, KEPT_S = 600, 3600


def timer(order_id: str) -> str:
    return f"qr_order_expired#{order_id}"


def wake(here: Shop, order_id: str) -> None:
    """A wake-up now, whether the task is due or not."""
    assert here.deliver("qr_order_expired", {"task_id": timer(order_id)})


def held_until_expiry(here: Shop, policy: str) -> str:
    order_id = here.holding(partner=hasty(300, on_expire_held=policy))
    here.outside.has_invoice(order_id, "held")
    here.work(f"qr_order_check_payment#{order_id}")
    assert here.order(order_id).payment is Payment.HELD
    return order_id


@pytest.mark.parametrize("payment", [Payment.NEW, Payment.HOLD_FAILED])
def test_unpaid_order_expires_when_its_time_is_over(here: Shop, payment: Payment) -> None:
    order_id = here.opened_in(payment)

    assert here.work(timer(order_id))

    order = here.order(order_id)
    assert (order.payment, order.partner) == (Payment.EXPIRED, Partner.EXPIRED)
    assert here.clock.now() == order.expires_at
    assert here.journal(order_id)[-1] == "partner_expired"
    assert here.all_tasks() == {}


@pytest.mark.parametrize(("late_ms", "payment"), [(-1, "new"), (0, "expired"), (1, "expired")])
def test_time_ends_to_the_millisecond(here: Shop, late_ms: int, payment: str) -> None:
    order_id = here.open()
    here.clock.advance(TTL_S + late_ms / 1000)

    wake(here, order_id)

    assert here.order(order_id).payment.value == payment
    if payment == "new":
        assert here.due_in_s(timer(order_id)) == -late_ms / 1000
        here.work(timer(order_id))
        assert here.order(order_id).payment is Payment.EXPIRED


@pytest.mark.parametrize(("late_ms", "status"), [(-1, 200), (0, 410), (1, 410)])
def test_payment_and_expiry_meet_at_one_millisecond(here: Shop, late_ms: int, status: int) -> None:
    order_id = here.open()
    here.outside.accepts_payments(order_id)
    here.clock.advance(TTL_S + late_ms / 1000)

    assert here.pay(order_id)[0] == status


@pytest.mark.parametrize("payment", IN_FLIGHT)
def test_payment_in_flight_is_looked_at_again(
    here: Shop, measured: Measured, payment: Payment
) -> None:
    order_id = here.opened_in(payment)

    assert here.work(timer(order_id))

    assert here.order(order_id).payment is payment
    assert here.due_in_s(timer(order_id)) == GRACE_S
    assert ("HeldOrderExpired", 1) not in measured


def test_payment_that_fails_after_the_time_is_over_expires(here: Shop) -> None:
    order_id = here.opened_in(Payment.HOLDING)
    here.work(timer(order_id))
    here.alter(order_id, payment=Payment.HOLD_FAILED)

    here.work(timer(order_id))

    assert here.order(order_id).payment is Payment.EXPIRED


@pytest.mark.parametrize(
    ("policy", "state", "task"),
    [
        ("cancel", (Payment.CANCELLING, Partner.EXPIRED), "qr_orders_cancel"),
        ("close", (Payment.CLEARING, Partner.CLOSED), "qr_orders_close"),
        ("alert_only", (Payment.HELD, Partner.OPEN), "qr_order_expired"),
    ],
)
def test_held_order_ends_as_its_restaurant_wishes(
    here: Shop, measured: Measured, policy: str, state: tuple[Payment, Partner], task: str
) -> None:
    order_id = held_until_expiry(here, policy)

    assert here.work(timer(order_id))

    order = here.order(order_id)
    assert (order.payment, order.partner) == state
    assert ("HeldOrderExpired", 1) in measured
    names = {name.partition("#")[0] for name in here.all_tasks()}
    assert names == {"qr_order_check_payment", task}


def test_order_that_is_only_to_be_told_of_is_told_of_every_hour(
    here: Shop, measured: Measured
) -> None:
    order_id = held_until_expiry(here, "alert_only")

    for looks in (1, 2, 3):
        assert here.work(timer(order_id))
        assert here.due_in_s(timer(order_id)) == KEPT_S
        assert measured.count(("HeldOrderExpired", 1)) == looks
    assert here.order(order_id).payment is Payment.HELD


def test_later_wish_of_the_restaurant_does_not_change_an_open_order(here: Shop) -> None:
    order_id = here.open()
    here.post("create", external_version=2, partner=hasty(300, on_expire_held="close"))
    here.alter(order_id, payment=Payment.HELD, attempt=1, held=157000)

    here.work(timer(order_id))

    assert here.order(order_id).payment is Payment.CANCELLING


@pytest.mark.parametrize("said", ENDED)
@pytest.mark.parametrize("payment", list(Payment))
def test_ended_order_needs_no_timer(here: Shop, payment: Payment, said: Partner) -> None:
    order_id = here.opened_in(payment, partner=said)
    before = here.order(order_id)

    assert here.work(timer(order_id))

    assert here.order(order_id) == before
    assert timer(order_id) not in here.all_tasks()


def test_timer_of_no_order_ends(here: Shop) -> None:
    here.arm(timer("01NOWHERE"), order_id="01NOWHERE")

    assert here.work(timer("01NOWHERE"))

    assert here.all_tasks() == {}


def test_hold_that_comes_after_the_expiry_is_given_back(here: Shop) -> None:
    """X3: a declined attempt that holds after all, when the order is over."""
    order_id = here.opened_in(Payment.HOLD_FAILED)
    here.work(timer(order_id))
    fact: dict[str, Any] = {"event_id": "late", "invoice_id": f"{order_id}-1", "version": 1}

    here.deliver("qr_orders_transactions_callback", fact)

    assert f"qr_orders_cancel#{order_id}-1" in here.tasks()
    assert here.order(order_id).payment is Payment.EXPIRED
