"""POST /qr-orders/v1/update-partner-status: what the restaurant says (QO-05, A.2.3)."""

from itertools import product
from typing import Any, Final

import pytest

from qr_orders.model import Partner, Payment
from tests.qr_orders.support import PARTNER, Shop
from tests.support import calls

MAY_SAY: Final = {
    "pos": (Partner.CONFIRMED, Partner.CLOSED, Partner.CANCELLED),
    "activity_check": (Partner.EXPIRED,),
    "expiry": (Partner.EXPIRED,),
    "admin": (Partner.CONFIRMED, Partner.CLOSED, Partner.CANCELLED, Partner.EXPIRED),
}
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


def outcome(payment: Payment, said: Partner, wanted: Partner, source: str) -> Payment | str:
    """Four hours after the order was opened: its time is over, and its till was silent."""
    if said is wanted:
        return payment
    if said in ENDED or wanted not in MAY_SAY[source]:
        return "invalid_transition"
    if source == "expiry" and payment is Payment.HELD:
        return Payment.CANCELLING
    found = OUTCOMES[payment][WISHES.index(wanted)]
    if source == "activity_check" and said is not Partner.OPEN and isinstance(found, Payment):
        return "order_active"
    return found


def update(here: Shop, order_id: str, status: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    return here.post("update_partner_status", order_id=order_id, status=status, **changes)


@pytest.mark.parametrize("said", list(Partner))
@pytest.mark.parametrize("payment", list(Payment))
def test_every_wish_has_its_outcome(here: Shop, payment: Payment, said: Partner) -> None:
    order_id = here.opened_in(payment, partner=said)
    here.clock.advance(4 * 3600)
    before = here.aws.snapshot()
    for source, wanted in product(MAY_SAY, WISHES):
        here.aws.restore(before)
        expected = outcome(payment, said, wanted, source)

        status, body = update(here, order_id, wanted.value, source=source)

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


@pytest.mark.parametrize(("wanted", "source"), [("cancelled", "pos"), ("expired", "admin")])
def test_end_of_an_unpaid_order_leaves_no_task(here: Shop, wanted: str, source: str) -> None:
    order_id = here.open()

    update(here, order_id, wanted, source=source)

    assert here.all_tasks() == {}


@pytest.mark.parametrize(("late_ms", "status"), [(-1, 409), (0, 200), (1, 200)])
def test_time_to_live_is_judged_by_the_order_itself(here: Shop, late_ms: int, status: int) -> None:
    order_id = here.open(expires_in_sec=600)
    here.clock.advance(600 + late_ms / 1000)

    answer = update(here, order_id, "expired", source="expiry")

    assert answer[0] == status
    assert status == 200 or answer[1]["code"] == "order_not_expired"


@pytest.mark.parametrize(("late_ms", "status"), [(-1, 409), (0, 200), (1, 200)])
def test_silence_is_judged_by_the_order_itself(here: Shop, late_ms: int, status: int) -> None:
    order_id = here.open()
    here.clock.advance(300 + late_ms / 1000)

    answer = update(here, order_id, "expired", source="activity_check")

    assert answer[0] == status
    assert status == 200 or answer[1]["code"] == "order_active"


def test_activity_check_that_looked_before_the_last_sign_is_overruled(here: Shop) -> None:
    order_id = here.open()
    here.clock.advance(3600)
    earlier, last = "2026-01-02T09:59:59.999Z", "2026-01-02T10:00:00.000Z"
    wish = {"source": "activity_check", "status": "expired", "order_id": order_id}

    status, body = here.post("update_partner_status", **wish, last_polled_at=earlier)
    assert (status, body["code"]) == (409, "order_active")

    assert here.post("update_partner_status", **wish, last_polled_at=last)[0] == 200


def test_failed_payment_begins_the_tills_time_anew(here: Shop) -> None:
    order_id = here.holding()
    here.clock.advance(900)
    here.outside.has_invoice(order_id, "hold_failed")
    here.work(f"qr_order_check_payment#{order_id}")
    here.clock.advance(299.999)

    wish = {"source": "activity_check", "status": "expired"}
    assert here.post("update_partner_status", order_id=order_id, **wish)[0] == 409
    here.clock.advance(0.001)
    assert here.post("update_partner_status", order_id=order_id, **wish)[0] == 200


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
