"""POST /qr-orders/v1/start-payment: a guest pays (QO-06, decision 5)."""

from typing import Any

import pytest

from qr_orders.model import Order, Partner, Payment
from qr_orders.store import OrderStore
from shared.store import ConditionFailed, Transaction, commit
from tests.qr_orders.outside import INVOICES
from tests.qr_orders.support import TOTAL, Shop
from tests.support import calls

CARD = {"type": "card", "id": "card-ok"}


def watch(order_id: str) -> str:
    return f"qr_order_check_payment#{order_id}"


def test_payment_is_held_at_the_engine(here: Shop) -> None:
    order_id = here.open()
    here.outside.accepts_payments(order_id)

    status, body = here.pay(order_id)

    invoice_id = f"{order_id}-1"
    assert status == 200
    assert body == {
        "order_id": order_id,
        "invoice_id": invoice_id,
        "payment_status": "holding",
    }
    assert [(one.path, one.key) for one in here.outside.asked] == [
        (INVOICES, invoice_id),
        (f"{INVOICES}/{invoice_id}/update", f"{invoice_id}-u1"),
    ]
    assert here.journal(order_id) == ["created", "payment_started", "payment_holding"]


def test_engine_is_told_the_whole_basket(here: Shop) -> None:
    order_id = here.holding()

    create, update = (one.body for one in here.outside.asked)
    assert create == {
        "id": f"{order_id}-1",
        "originator": "qr_payments",
        "user_id": "u1",
        "currency": "RUB",
        "payment_method": CARD,
        "description": f"QR {here.order(order_id).short_code}",
        "metadata": {"order_id": order_id, "partner_id": "p_demo"},
    }
    assert update == {
        "operation_id": f"{order_id}-1-u1",
        "version": 1,
        "reason": "payment",
        "items": [
            {"id": "1", "title": "Борщ", "amount": "800.00", "quantity": "2", "vat": "20"},
            {"id": "2", "title": "Стейк рибай", "amount": "770.00", "quantity": "1", "vat": "20"},
        ],
    }


def test_a_repeated_create_tells_the_engine_the_same_address(here: Shop) -> None:
    """B.1: it would refuse a body that differs, and the watch has no request to look at."""
    order_id = here.open()
    here.outside.times_out("POST", INVOICES)
    here.pay(order_id, ip="203.0.113.7")
    here.outside.accepts_payments(order_id)

    here.work(watch(order_id))

    first, second = here.outside.bodies("POST", INVOICES)
    assert first == second
    assert first["ip"] == "203.0.113.7"


def test_payment_is_claimed_and_watched_before_the_engine_is_called(here: Shop) -> None:
    order_id = here.open()
    here.outside.accepts_payments(order_id)
    here.module("start_payment")
    seen: list[tuple[Payment, bool, int]] = []

    def look(call: calls.Call) -> None:
        if call.service == "sqs":
            asked = len(here.outside.asked)
            seen.append((here.order(order_id).payment, watch(order_id) in here.tasks(), asked))

    with calls.intercepting(look):
        here.pay(order_id)

    assert seen[0] == (Payment.INIT, True, 0)


def test_expected_total_is_read_as_money(here: Shop) -> None:
    order_id = here.open()
    here.outside.accepts_payments(order_id)

    assert here.pay(order_id, expected_total="1570")[0] == 200


def test_confirmed_order_may_be_paid(here: Shop) -> None:
    order_id = here.opened_in(Payment.HOLD_FAILED, partner=Partner.CONFIRMED)
    here.outside.accepts_payments(order_id, attempt=2)

    assert here.pay(order_id, idempotency_key="k-2")[0] == 200


@pytest.mark.parametrize("payment", [Payment.INIT, Payment.HOLDING, Payment.HELD, Payment.CLEARED])
def test_repeat_with_the_same_key_answers_where_the_payment_is(
    here: Shop, payment: Payment
) -> None:
    order_id = here.opened_in(payment)

    status, body = here.pay(order_id)

    assert (status, body["payment_status"]) == (200, payment.value)
    assert body["invoice_id"] == f"{order_id}-1"
    assert here.outside.asked == []


@pytest.mark.parametrize("call", ["create", "update"])
def test_engine_that_is_down_leaves_the_rest_to_the_watch(here: Shop, call: str) -> None:
    order_id = here.open()
    here.outside.accepts_payments(order_id)
    broken = INVOICES if call == "create" else f"{INVOICES}/{order_id}-1/update"
    here.outside.times_out("POST", broken)

    status, body = here.pay(order_id)

    assert (status, body["payment_status"]) == (200, "init")
    assert here.due_in_s(watch(order_id)) == 25
    here.outside.accepts_payments(order_id)
    assert here.work(watch(order_id))
    assert here.order(order_id).payment is Payment.HOLDING


@pytest.mark.parametrize("status", [429, 500, 503])
def test_engine_in_trouble_is_not_a_failed_payment(here: Shop, status: int) -> None:
    order_id = here.open()
    here.outside.refuses("POST", INVOICES, status, "internal_error")

    assert here.pay(order_id)[1]["payment_status"] == "init"


@pytest.mark.parametrize("call", ["create", "update"])
def test_engine_that_refuses_fails_the_payment(here: Shop, call: str) -> None:
    order_id = here.open()
    here.outside.accepts_payments(order_id)
    broken = INVOICES if call == "create" else f"{INVOICES}/{order_id}-1/update"
    here.outside.refuses("POST", broken, 422, "amount_increase_not_supported")

    status, body = here.pay(order_id)

    assert (status, body["payment_status"]) == (200, "hold_failed")
    assert here.order(order_id).failure_code == "technical_error"


@pytest.mark.parametrize("user_id", ["u1", "u2"])
def test_after_a_failure_anybody_may_pay_with_a_new_invoice(here: Shop, user_id: str) -> None:
    order_id = here.opened_in(Payment.HOLD_FAILED, failure_code="card_blocked")
    here.outside.accepts_payments(order_id, attempt=2)

    status, body = here.pay(order_id, user_id=user_id, idempotency_key="k-2")

    order = here.order(order_id)
    assert (status, body["invoice_id"]) == (200, f"{order_id}-2")
    assert (order.user_id, order.attempt, order.failure_code) == (user_id, 2, "")
    assert [change.version for change in OrderStore().changes(order_id)] == [1]


def test_server_alone_says_what_is_held(here: Shop) -> None:
    order_id = here.holding(total="1570.00")

    update = here.outside.bodies("POST", f"{INVOICES}/{order_id}-1/update")[0]

    assert sum(int(item["amount"].replace(".", "")) for item in update["items"]) == TOTAL


def move(before: Order, **changes: Any) -> None:
    transaction = Transaction()
    after = before.moved(before.updated_at, **changes)
    OrderStore().move(transaction, before, after, "test", "test")
    commit(transaction)


@pytest.mark.parametrize(
    ("payment", "bounded", "edge"),
    [
        (Payment.HOLDING, "held", Payment.HELD),
        (Payment.CLEARING, "cleared", Payment.CLEARED),
        (Payment.REFUNDING, "refunded", Payment.REFUNDED),
    ],
)
def test_row_itself_bounds_the_amounts(
    here: Shop, payment: Payment, bounded: str, edge: Payment
) -> None:
    order_id = here.opened_in(payment)
    before = here.order(order_id)

    with pytest.raises(ConditionFailed):
        move(before, payment=edge, **{bounded: TOTAL + 1})
    move(before, payment=edge, **{bounded: TOTAL})

    assert getattr(here.order(order_id), bounded) == TOTAL
