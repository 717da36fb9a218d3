"""POST /qr-orders/v1/update-partner-status: what the restaurant says (QO-05, A.2.3)."""

from typing import Any, Final

import pytest

from qr_orders.model import Partner, Payment
from tests.qr_orders.support import PARTNER, Shop
from tests.support import calls

ENDED: Final = (Partner.CLOSED, Partner.CANCELLED, Partner.EXPIRED)
WISHES: Final = (Partner.CONFIRMED, Partner.CLOSED, Partner.CANCELLED, Partner.EXPIRED)
# Of an order that is open or confirmed: the payment status that follows each wish, in the order of
# WISHES, or the code of the refusal.
WAIT: Final = "payment_in_progress"
IN_FLIGHT: Final = (WAIT, WAIT, Payment.CANCELLING, WAIT)
MONEY_IS_MOVED: Final = ("not_paid", "not_paid", "invalid_transition", WAIT)
OUTCOMES: Final = {
    Payment.NEW: ("not_paid", "not_paid", Payment.CANCELLED, Payment.EXPIRED),
    Payment.HOLD_FAILED: ("not_paid", "not_paid", Payment.CANCELLED, Payment.EXPIRED),
    Payment.INIT: IN_FLIGHT,
    Payment.HOLDING: IN_FLIGHT,
    Payment.HELD: (Payment.HELD, Payment.CLEARING, Payment.CANCELLING, WAIT),
    Payment.CLEARING: MONEY_IS_MOVED,
    Payment.CLEARED: MONEY_IS_MOVED,
    Payment.CLEAR_FAILED: MONEY_IS_MOVED,
    Payment.CANCELLING: MONEY_IS_MOVED,
    Payment.CANCELLED: MONEY_IS_MOVED,
    Payment.REFUNDING: MONEY_IS_MOVED,
    Payment.REFUNDED: MONEY_IS_MOVED,
    Payment.PARTIALLY_REFUNDED: MONEY_IS_MOVED,
    Payment.REFUND_FAILED: MONEY_IS_MOVED,
    Payment.EXPIRED: MONEY_IS_MOVED,
}


def outcome(payment: Payment, said: Partner, wanted: Partner) -> Payment | str:
    if said is wanted:
        return payment
    return "invalid_transition" if said in ENDED else OUTCOMES[payment][WISHES.index(wanted)]


def update(here: Shop, order_id: str, status: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    return here.post("update_partner_status", order_id=order_id, status=status, **changes)


@pytest.mark.parametrize("said", list(Partner))
@pytest.mark.parametrize("payment", list(Payment))
def test_every_wish_has_its_outcome(here: Shop, payment: Payment, said: Partner) -> None:
    order_id = here.opened_in(payment, partner=said)
    before = here.aws.snapshot()
    for wanted in WISHES:
        here.aws.restore(before)
        expected = outcome(payment, said, wanted)

        status, body = update(here, order_id, wanted.value)

        after = here.order(order_id)
        if isinstance(expected, Payment):
            assert (status, after.payment, after.partner) == (200, expected, wanted)
            assert body["status"] == {"payment": expected.value, "partner": wanted.value}
        else:
            assert (status, body["code"]) == (409, expected)
            assert body["details"]["status"] == {"payment": payment.value, "partner": said.value}
            assert here.aws.snapshot().rows == before.rows


@pytest.mark.parametrize("wanted", WISHES)
def test_same_status_again_writes_nothing(here: Shop, wanted: Partner) -> None:
    order_id = here.opened_in(Payment.HELD, partner=wanted)

    with here.watched() as seen:
        status, _ = update(here, order_id, wanted.value)

    assert status == 200
    assert seen == ["dynamodb.GetItem"]


def test_second_close_does_not_clear_twice(here: Shop) -> None:
    order_id = here.held()
    first = update(here, order_id, "closed")
    armed = here.tasks()

    assert update(here, order_id, "closed") == first
    assert here.tasks() == armed


def test_close_and_its_task_are_one_commit(here: Shop) -> None:
    order_id = here.held()

    with here.watched() as seen:
        update(here, order_id, "closed")

    task = here.tasks()[f"qr_orders_close#{order_id}"]
    assert seen == ["dynamodb.GetItem", "dynamodb.TransactWriteItems", "sqs.SendMessage"]
    assert task["payload"] == {"order_id": order_id}
    assert task["due_at"] == here.clock.milliseconds()


def test_close_that_fails_arms_nothing(here: Shop) -> None:
    order_id = here.held()
    rows = here.aws.snapshot().rows
    here.module("update_partner_status")

    def another(call: calls.Call) -> None:
        if call.operation == "TransactWriteItems" and here.order(order_id).partner is Partner.OPEN:
            here.alter(order_id, partner=Partner.CANCELLED, rev=here.order(order_id).rev + 1)

    with calls.intercepting(another):
        status, body = update(here, order_id, "closed")

    assert (status, body["code"]) == (409, "invalid_transition")
    assert here.aws.snapshot().rows["test-qr_orders-tasks"] == rows["test-qr_orders-tasks"]


@pytest.mark.parametrize("wanted", ["cancelled", "expired"])
def test_end_of_an_unpaid_order_arms_nothing(here: Shop, wanted: str) -> None:
    order_id = here.open()

    update(here, order_id, wanted)

    assert here.tasks() == {}


@pytest.mark.parametrize("changes", [{"partner_ids": ["p_other"]}, {"order_id": "01NOWHERE"}])
def test_foreign_order_is_as_unknown_as_none(here: Shop, changes: dict[str, Any]) -> None:
    order_id = here.open()

    status, body = here.post(
        "update_partner_status", **({"order_id": order_id, "status": "cancelled"} | changes)
    )

    assert (status, body["code"], body["details"]) == (404, "order_not_found", {})
    assert here.order(order_id).partner is Partner.OPEN


def test_one_partner_of_several_is_enough(here: Shop) -> None:
    order_id = here.open()

    assert update(here, order_id, "cancelled", partner_ids=["p_other", PARTNER])[0] == 200


def test_journal_says_who_and_why(here: Shop) -> None:
    order_id = here.open()

    update(here, order_id, "cancelled", source="pos", reason="paid_elsewhere")

    last = max(here.rows("events"), key=lambda row: row["rev"])
    assert (last["name"], last["actor"]) == ("partner_cancelled", "pos")
    assert last["reason"] == "paid_elsewhere"


@pytest.mark.parametrize(
    "changes",
    [{"status": "open"}, {"status": "paid"}, {"source": "guest"}, {"partner_ids": []}],
)
def test_wish_of_another_form_is_not_read(here: Shop, changes: dict[str, Any]) -> None:
    status, body = here.post("update_partner_status", **changes)

    assert (status, body["code"]) == (400, "validation_failed")
