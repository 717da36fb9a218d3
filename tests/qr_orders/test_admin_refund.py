"""POST /qr-orders/v1/admin/refund (QO-11, 32, 36, 37; decision 7; O12-O15)."""

from typing import Any

import pytest

from qr_orders import store as order_store
from qr_orders.model import Order, Payment
from qr_orders.store import OrderStore
from shared.store import ConditionFailed, Transaction, commit
from tests.qr_orders.support import TOTAL, Shop
from tests.support import calls
from tests.support.intrinsics import Json

SOUP = [{"id": "1", "quantity": "1"}]


def ask(here: Shop, order_id: str, **changes: Any) -> tuple[int, Json]:
    return here.post("admin_refund", order_id=order_id, **changes)


def code_of(answer: tuple[int, Json]) -> tuple[int, str]:
    return answer[0], answer[1].get("code", "")


def newest(order_id: str, version: int = 2) -> Any:
    with calls.outside():
        return OrderStore().change(order_id, f"{order_id}-1", version)


def refund_done(here: Shop, order_id: str, amount: int) -> None:
    """The engine has given it back."""
    refunded = here.order(order_id).refunded + amount
    here.alter(order_id, payment=Payment.PARTIALLY_REFUNDED, refunded=refunded, refunding=0)


def test_refund_is_accepted_with_its_version_and_amount(here: Shop) -> None:
    order_id = here.cleared()

    status, body = ask(here, order_id)

    assert status == 202
    assert body == {
        **{"order_id": order_id, "refund_id": "rf-1", "version": 2},
        **{"status": "refunding", "amount": "400.00"},
    }
    order = here.order(order_id)
    assert (order.payment, order.invoice_version) == (Payment.REFUNDING, 2)
    assert (order.refunding, order.refunded) == (40000, 0)
    assert here.due_in_s(f"qr_order_update_transactions#{order_id}") == 0


def test_operator_and_reason_are_in_the_journal_and_the_changelog(here: Shop) -> None:
    order_id = here.cleared()

    ask(here, order_id)

    row = max(here.rows("events"), key=lambda each: each["rev"])
    assert (row["name"], row["actor"], row["reason"]) == ("refund_started", "op-7", "cold soup")
    change = newest(order_id)
    assert (change.author, change.reason, change.refund_id) == ("op-7", "cold soup", "rf-1")


@pytest.mark.parametrize("missing", ["operator", "reason", "refund_id", "version", "items"])
def test_refund_without_who_why_or_what_is_malformed(here: Shop, missing: str) -> None:
    order_id = here.cleared()

    assert code_of(ask(here, order_id, **{missing: None})) == (400, "validation_failed")


def test_items_and_full_exclude_each_other(here: Shop) -> None:
    order_id = here.cleared()

    assert ask(here, order_id, full=True)[0] == 400
    assert ask(here, order_id, items=[{"id": "1", "quantity": "1", "amount": "1"}])[0] == 400
    assert ask(here, order_id, items=[{"id": "1"}])[0] == 400


def test_basket_of_the_next_version_is_what_is_left(here: Shop) -> None:
    order_id = here.cleared()

    ask(here, order_id, items=[{"id": "1", "quantity": "1"}, {"id": "2", "amount": "70.00"}])

    change = newest(order_id)
    assert [(item.item_id, str(item.quantity), item.total.minor) for item in change.items] == [
        ("1", "1", 40000),
        ("2", "1", 70000),
    ]
    assert change.total.minor == TOTAL - 47000 == TOTAL - change.back.minor


def test_second_refund_starts_from_what_the_first_left(here: Shop) -> None:
    order_id = here.cleared()
    ask(here, order_id)
    refund_done(here, order_id, 40000)

    status, body = ask(here, order_id, refund_id="rf-2", version=2, full=True, items=None)

    assert (status, body["version"], body["amount"]) == (202, 3, "1170.00")
    assert newest(order_id, 3).items == ()


def test_two_refunds_of_one_amount_are_two(here: Shop) -> None:
    order_id = here.cleared()
    first = ask(here, order_id)[1]
    refund_done(here, order_id, 40000)

    status, second = ask(here, order_id, refund_id="rf-2", version=2)

    assert (status, second["version"]) == (202, 3)
    assert first["amount"] == second["amount"] == "400.00"


def test_repeat_of_a_refund_is_answered_alike_for_ever(here: Shop) -> None:
    order_id = here.cleared()
    first = ask(here, order_id)
    before = here.aws.snapshot().rows
    again = ask(here, order_id)
    assert here.aws.snapshot().rows == before
    refund_done(here, order_id, 40000)
    later = ask(here, order_id)

    assert first == again == later


@pytest.mark.parametrize(
    "other",
    [
        {"items": [{"id": "1", "quantity": "2"}]},
        {"reason": "warm soup"},
        {"operator": "op-8"},
        {"version": 2},
    ],
)
def test_refund_id_with_other_content_is_a_conflict(here: Shop, other: dict[str, Any]) -> None:
    order_id = here.cleared()
    ask(here, order_id)
    before = here.aws.snapshot().rows

    assert code_of(ask(here, order_id, **other)) == (409, "idempotency_conflict")
    assert here.aws.snapshot().rows == before


@pytest.mark.parametrize("payment", [Payment.REFUNDING, Payment.REFUND_FAILED])
def test_one_refund_runs_at_a_time(here: Shop, payment: Payment) -> None:
    order_id = here.cleared()
    ask(here, order_id)
    here.alter(order_id, payment=payment)

    refused = ask(here, order_id, refund_id="rf-2", version=2)

    assert code_of(refused) == (409, "refund_in_progress")
    assert refused[1]["details"]["version"] == 2


@pytest.mark.parametrize(
    "payment",
    [
        *(Payment.NEW, Payment.INIT, Payment.HOLDING, Payment.HELD, Payment.HOLD_FAILED),
        *(Payment.CLEARING, Payment.CLEAR_FAILED, Payment.CANCELLING, Payment.CANCELLED),
        Payment.EXPIRED,
    ],
)
def test_money_that_was_not_cleared_is_not_refunded(here: Shop, payment: Payment) -> None:
    order_id = here.opened_in(payment)

    assert code_of(ask(here, order_id)) == (409, "not_cleared")


def test_refund_of_a_version_that_is_past_is_refused(here: Shop) -> None:
    order_id = here.cleared()
    ask(here, order_id)
    refund_done(here, order_id, 40000)

    refused = ask(here, order_id, refund_id="rf-2", version=1)

    assert code_of(refused) == (409, "stale_version")
    assert refused[1]["details"]["version"] == 2


def test_fully_refunded_order_has_nothing_left(here: Shop) -> None:
    order_id = here.cleared()
    here.alter(order_id, payment=Payment.REFUNDED, refunded=TOTAL)

    assert code_of(ask(here, order_id, full=True, items=None)) == (422, "over_refund")


def test_unknown_order_is_not_found(here: Shop) -> None:
    assert code_of(ask(here, "01NOWHERE")) == (404, "order_not_found")


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ({"id": "1", "quantity": "2.001"}, 422, "over_refund"),
        ({"id": "1", "amount": "800.01"}, 422, "over_refund"),
        ({"id": "1", "amount": "0"}, 422, "zero_amount"),
        ({"id": "1", "amount": "0.00"}, 422, "zero_amount"),
        ({"id": "1", "quantity": "0"}, 422, "bad_quantity"),
        ({"id": "1", "amount": "-1"}, 400, "validation_failed"),
        ({"id": "1", "quantity": "-1"}, 400, "validation_failed"),
        ({"id": "1", "amount": "1.001"}, 422, "bad_amount"),
        ({"id": "9", "amount": "1"}, 422, "unknown_item"),
    ],
)
def test_line_out_of_bounds_is_refused(
    here: Shop, line: dict[str, str], status: int, code: str
) -> None:
    order_id = here.cleared()
    before = here.aws.snapshot().rows

    assert code_of(ask(here, order_id, items=[line])) == (status, code)
    assert here.aws.snapshot().rows == before


def test_one_item_twice_in_a_refund_is_refused(here: Shop) -> None:
    order_id = here.cleared()

    assert code_of(ask(here, order_id, items=SOUP * 2)) == (422, "duplicate_item")


@pytest.mark.parametrize(("cleared", "status"), [(40000, 202), (39999, 422)])
def test_bound_is_what_was_cleared_and_not_what_was_ordered(
    here: Shop, cleared: int, status: int
) -> None:
    order_id = here.cleared()
    here.alter(order_id, cleared=cleared)

    assert ask(here, order_id)[0] == status


@pytest.mark.parametrize(("refunded", "allowed"), [(TOTAL - 40000, True), (TOTAL - 39999, False)])
def test_row_itself_bounds_what_is_reserved(here: Shop, refunded: int, allowed: bool) -> None:
    """The condition alone, whatever the code before it has read."""
    order_id = here.cleared()
    here.alter(order_id, refunded=refunded)
    before = here.order(order_id)
    after = before.moved(before.updated_at, Payment.REFUNDING, refunding=40000)
    transaction = Transaction()
    OrderStore().move(transaction, before, after, "test", "test")

    if allowed:
        commit(transaction)
    else:
        with pytest.raises(ConditionFailed):
            commit(transaction)


def test_bound_of_the_row_stands_alone_when_the_order_read_was_wrong(
    here: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two guards, and the second holds without the first (O12)."""
    order_id = here.cleared()
    here.alter(order_id, cleared=39999)
    true_find = order_store.OrderStore.find

    def rich(self: OrderStore, wanted: str) -> Order | None:
        found = true_find(self, wanted)
        assert found is not None
        object.__setattr__(found, "cleared", TOTAL)
        return found

    monkeypatch.setattr(order_store.OrderStore, "find", rich)

    assert code_of(ask(here, order_id)) == (503, "contention")
    assert [row for row in here.rows("changelog") if row["version"] == 2] == []


def test_everything_is_written_in_one_transaction(here: Shop) -> None:
    order_id = here.cleared()

    with here.watched() as seen:
        ask(here, order_id)

    assert seen.count("dynamodb.TransactWriteItems") == 1
    writes = ("dynamodb.PutItem", "dynamodb.UpdateItem", "dynamodb.DeleteItem")
    assert [call for call in seen if call in writes] == []
