"""POST /qr-orders/v1/start-payment: when a guest may not pay (A.2.4, X1, X3, QO-33)."""

from typing import Any

import pytest

from qr_orders.model import Partner, Payment
from tests.qr_orders.support import Shop
from tests.support import calls

TTL_S = 14400


def refusal(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    return answer[0], answer[1]["code"]


def test_another_guest_is_told_that_somebody_pays(here: Shop) -> None:
    order_id = here.holding()
    before = here.aws.snapshot().rows

    answer = here.pay(order_id, user_id="u2", idempotency_key="k-2")

    assert refusal(answer) == (409, "already_paying")
    assert here.aws.snapshot().rows == before


@pytest.mark.parametrize("payment", [Payment.INIT, Payment.HOLDING, Payment.HELD])
@pytest.mark.parametrize("user_id", ["u1", "u2"])
def test_one_payment_runs_at_a_time(here: Shop, payment: Payment, user_id: str) -> None:
    order_id = here.opened_in(payment)

    answer = here.pay(order_id, user_id=user_id, idempotency_key="k-2")

    assert refusal(answer) == (409, "already_paying")


def test_same_key_of_another_guest_is_another_wish(here: Shop) -> None:
    order_id = here.holding()

    assert refusal(here.pay(order_id, user_id="u2")) == (409, "already_paying")


@pytest.mark.parametrize(
    "changes", [{"version": 2}, {"expected_total": "1569.99"}, {"expected_total": "1570.001"}]
)
def test_changed_bill_is_shown_to_the_guest_again(here: Shop, changes: dict[str, Any]) -> None:
    order_id = here.open()

    answer = here.pay(order_id, **changes)

    assert refusal(answer) == (409, "order_changed")
    assert answer[1]["details"] == {"version": 1, "total": "1570.00"}
    assert here.order(order_id).payment is Payment.NEW


def test_basket_replaced_after_the_preorder_is_not_paid(here: Shop) -> None:
    order_id = here.open()
    here.post("create", external_version=2, table="13")

    assert refusal(here.pay(order_id)) == (409, "order_changed")


@pytest.mark.parametrize(
    ("payment", "said", "expected"),
    [
        (Payment.NEW, Partner.CANCELLED, (409, "order_closed")),
        (Payment.HOLD_FAILED, Partner.CLOSED, (409, "order_closed")),
        (Payment.CANCELLED, Partner.CANCELLED, (409, "order_closed")),
        (Payment.CLEARING, Partner.CLOSED, (409, "order_already_paid")),
        (Payment.CLEARED, Partner.CLOSED, (409, "order_already_paid")),
        (Payment.CLEAR_FAILED, Partner.CLOSED, (409, "order_already_paid")),
        (Payment.REFUNDED, Partner.CLOSED, (409, "order_already_paid")),
        (Payment.EXPIRED, Partner.EXPIRED, (410, "order_expired")),
    ],
)
def test_order_that_is_over_is_not_paid(
    here: Shop, payment: Payment, said: Partner, expected: tuple[int, str]
) -> None:
    order_id = here.opened_in(payment, partner=said)

    assert refusal(here.pay(order_id, idempotency_key="k-2")) == expected


@pytest.mark.parametrize(
    ("waited_s", "expected"),
    [(TTL_S - 0.001, 200), (TTL_S, 410), (TTL_S + 0.001, 410)],
)
def test_expiry_binds_to_the_millisecond(here: Shop, waited_s: float, expected: int) -> None:
    order_id = here.open()
    here.outside.accepts_payments(order_id)
    here.clock.advance(waited_s)

    status, body = here.pay(order_id)

    assert status == expected
    assert expected == 200 or body["code"] == "order_expired"


def test_order_that_expires_between_the_read_and_the_claim_is_not_paid(here: Shop) -> None:
    order_id = here.open()
    here.outside.accepts_payments(order_id)
    here.module("start_payment")

    def expire(call: calls.Call) -> None:
        if call.operation == "TransactWriteItems":
            here.alter(order_id, expires_at=here.clock.now())

    with calls.intercepting(expire):
        answer = here.pay(order_id)

    assert refusal(answer) == (410, "order_expired")
    assert here.outside.asked == []


@pytest.mark.parametrize(
    "changes",
    [
        {"payment_method": {"type": "card", "id": "card-blocked"}},
        {"payment_method": {"type": "sbp", "id": "card-ok"}},
        {"version": 2},
        {"expected_total": "1.00"},
    ],
)
def test_key_used_for_another_wish_is_refused(here: Shop, changes: dict[str, Any]) -> None:
    order_id = here.holding()

    assert refusal(here.pay(order_id, **changes)) == (422, "idempotency_mismatch")


def test_unknown_order_is_not_paid(here: Shop) -> None:
    assert refusal(here.pay("01NOWHERE")) == (404, "order_not_found")


@pytest.mark.parametrize(
    "changes",
    [
        {"idempotency_key": None},
        {"idempotency_key": ""},
        {"version": "1"},
        {"expected_total": 1570},
        {"payment_method": {"type": "card"}},
        {"user_id": ""},
    ],
)
def test_wish_of_another_form_is_not_read(here: Shop, changes: dict[str, Any]) -> None:
    assert refusal(here.post("start_payment", **changes)) == (400, "validation_failed")
