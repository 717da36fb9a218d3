"""POST /qr-orders/v1/get-by-user: a guest's orders, newest first, by pages (QO-03)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from qr_orders.history_store import HistoryStore
from qr_orders.model import Payment, Receipt, document_id
from qr_orders.store import OrderStore
from qr_orders.use_cases.history import Position
from shared.clock import to_ms
from shared.errors import InvalidRequest
from shared.money import Money
from shared.store import Transaction, commit
from tests.qr_orders.samples import ids
from tests.qr_orders.support import GUEST, TOTAL, Shop
from tests.support import calls
from tests.support.intrinsics import Json

OTHER = "u2"
positions = st.builds(Position, st.integers(0, 10**14 - 1), ids)
PAID: dict[str, Any] = {"attempt": 1, "invoice_version": 1, "held": TOTAL, "cleared": TOTAL}


def ask(here: Shop, **changes: Any) -> tuple[int, Json]:
    asked: dict[str, Any] = {"user_id": GUEST, "limit": None, "older_than": None}
    return here.post("get_by_user", **(asked | changes))


def listed(here: Shop, **changes: Any) -> list[str]:
    status, body = ask(here, **changes)
    assert status == 200, body
    return [order["order_id"] for order in body["orders"]]


def bought(here: Shop, number: int, user_id: str = GUEST, **changes: Any) -> list[str]:
    """That many orders of the guest, a second apart; their ids, newest first."""
    found: list[str] = []
    for _ in range(number):
        here.clock.advance(1)
        order_id = here.open(external_order_id=f"{user_id}-{here.clock.milliseconds()}")
        state: dict[str, Any] = {"payment": Payment.CLEARED, "user_id": user_id}
        here.alter(order_id, **(state | PAID | changes))
        found.insert(0, order_id)
    return found


def add_receipt(here: Shop, order_id: str, version: int = 1, **changes: Any) -> None:
    document = document_id(f"{order_id}-1", version)
    fields: dict[str, Any] = {"kind": "payment", "state": "stored", "key": f"receipts/{version}"}
    transaction = Transaction()
    receipt = Receipt(
        order_id=order_id,
        document_id=document,
        total=Money(TOTAL, "RUB"),
        requested_at=here.clock.now(),
        **(fields | changes),
    )
    with calls.outside():
        OrderStore().add_receipt(transaction, receipt)
        commit(transaction)


def test_order_is_shown_as_a_history_needs_it(here: Shop) -> None:
    order_id = here.cleared()
    add_receipt(here, order_id)

    status, body = ask(here)

    assert status == 200
    (order,) = body.pop("orders")
    whole = here.get(order_id=order_id)[1]
    assert body == {}
    assert order == {
        "order_id": order_id,
        "partner_id": "p_demo",
        "user_id": GUEST,
        "version": 1,
        "status": {"payment": "cleared", "partner": "closed"},
        "expired": False,
        **{"total": "1570.00", "refunded": "0.00", "currency": "RUB"},
        "created_at": "2026-01-02T10:00:00.000Z",
        "updated_at": whole["updated_at"],
        "partner": {name: whole["partner"][name] for name in ("name", "address")},
        "receipts": [
            {
                "document_id": f"{order_id}-1/1",
                "type": "payment",
                "sum": "1570.00",
                "state": "stored",
                "key": "receipts/1",
            }
        ],
    }


def test_orders_come_newest_first(here: Shop) -> None:
    found = bought(here, 3)

    assert listed(here) == found


def test_only_the_users_own_orders_are_listed(here: Shop) -> None:
    mine, foreign = bought(here, 2), bought(here, 2, OTHER)

    assert listed(here) == mine
    assert listed(here, user_id=OTHER) == foreign


def test_order_that_nobody_has_started_to_pay_is_in_no_history(here: Shop) -> None:
    here.open()

    with here.watched() as seen:
        assert listed(here) == []
    assert seen == ["dynamodb.Query"]


def test_payment_makes_the_order_a_part_of_the_history(here: Shop) -> None:
    order_id = here.holding()

    assert listed(here) == [order_id]


def test_order_goes_over_to_the_guest_who_pays_after_a_decline(here: Shop) -> None:
    (order_id,) = bought(here, 1, payment=Payment.HOLD_FAILED, held=0, cleared=0)
    assert listed(here) == [order_id]

    here.outside.accepts_payments(order_id, attempt=2)
    status, body = here.pay(order_id, user_id=OTHER, idempotency_key="k-2")

    assert status == 200, body
    assert listed(here) == []
    assert listed(here, user_id=OTHER) == [order_id]


def test_late_index_gives_nothing_away(here: Shop) -> None:
    mine, foreign = bought(here, 1), bought(here, 1, OTHER)
    places = [Position(to_ms(here.order(each).created_at), each) for each in foreign + mine]

    with patch.object(HistoryStore, "started_by", return_value=places):
        assert listed(here) == mine


def test_pages_hold_every_order_once(here: Shop) -> None:
    found, seen, sizes, cursor = bought(here, 5), [], [], None

    for _ in range(3):
        _, body = ask(here, limit=2, older_than=cursor)
        seen += [order["order_id"] for order in body["orders"]]
        sizes.append(len(body["orders"]))
        cursor = body.get("cursor")

    assert (seen, sizes, cursor) == (found, [2, 2, 1], None)


def test_page_that_holds_the_last_order_has_no_cursor(here: Shop) -> None:
    bought(here, 2)

    assert "cursor" not in ask(here, limit=2)[1]


def test_orders_of_one_moment_are_paged_without_a_gap(here: Shop) -> None:
    moment = here.order(bought(here, 1)[0]).created_at
    bought(here, 3, created_at=moment)
    seen, cursor = [], None

    for _ in range(4):
        _, body = ask(here, limit=1, older_than=cursor)
        seen += [order["order_id"] for order in body["orders"]]
        cursor = body.get("cursor")

    assert len(set(seen)) == 4


def test_order_that_moves_on_between_pages_does_not_shift_them(here: Shop) -> None:
    found = bought(here, 3)
    _, first = ask(here, limit=1)
    here.clock.advance(60)
    here.alter(found[0], payment=Payment.REFUNDED, user_id=OTHER)
    bought(here, 1)

    assert listed(here, older_than=first["cursor"]) == found[1:]


def test_twenty_orders_are_a_page_unless_the_caller_says(here: Shop) -> None:
    places = [Position(number, f"01NOWHERE{number}") for number in range(21)]

    with patch.object(HistoryStore, "started_by", return_value=places) as asked:
        _, body = ask(here)

    assert asked.call_args.args == (GUEST, None, 21)
    assert Position.parse(body["cursor"], GUEST) == places[19]


def test_calls_do_not_grow_with_the_page(here: Shop) -> None:
    for order_id in bought(here, 6):
        add_receipt(here, order_id)
    here.module("get_by_user")

    with here.watched() as seen:
        _, body = ask(here)

    assert all(order["receipts"] for order in body["orders"])
    assert seen == ["dynamodb.Query", *["dynamodb.BatchGetItem"] * 3]


def test_receipts_are_not_looked_for_before_money_was_taken(here: Shop) -> None:
    bought(here, 2, payment=Payment.HELD, cleared=0)

    with here.watched() as seen:
        listed(here)

    assert seen == ["dynamodb.Query", *["dynamodb.BatchGetItem"] * 2]


def test_every_stored_receipt_is_listed_in_the_order_of_versions(here: Shop) -> None:
    (order_id,) = bought(here, 1, invoice_version=4)
    add_receipt(here, order_id, 3, kind="refund")
    add_receipt(here, order_id, 1)
    add_receipt(here, order_id, 4, kind="refund", state="requested", key="")

    (order,) = ask(here)[1]["orders"]

    found = [(receipt["type"], receipt["document_id"]) for receipt in order["receipts"]]
    assert found == [("payment", f"{order_id}-1/1"), ("refund", f"{order_id}-1/3")]


def test_unpaid_order_past_its_time_is_expired(here: Shop) -> None:
    bought(here, 1, payment=Payment.HOLD_FAILED, held=0, cleared=0)
    here.clock.advance(5 * 3600)

    assert ask(here)[1]["orders"][0]["expired"] is True


@pytest.mark.parametrize("payment", list(Payment))
def test_order_is_listed_whatever_became_of_it(here: Shop, payment: Payment) -> None:
    (order_id,) = bought(here, 1, payment=payment)

    assert listed(here) == [order_id]


@given(positions, st.text(min_size=1, max_size=64))
def test_cursor_leads_back_to_its_place(place: Position, user_id: str) -> None:
    assert Position.parse(place.cursor(user_id), user_id) == place


@given(positions, st.data())
def test_changed_cursor_is_refused(place: Position, data: st.DataObject) -> None:
    cursor = place.cursor(GUEST)
    at = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda char: char != cursor[at]))

    with pytest.raises(InvalidRequest):
        Position.parse(cursor[:at] + other + cursor[at + 1 :], GUEST)


def test_cursor_of_another_guest_is_refused(here: Shop) -> None:
    bought(here, 2, OTHER)
    _, page = ask(here, user_id=OTHER, limit=1)

    status, body = ask(here, older_than=page["cursor"])

    assert (status, body["code"], body["details"]) == (400, "cursor_invalid", {})


@pytest.mark.parametrize(
    "cursor",
    [
        *("", "x", "%%%", "é", "A" * 512, urlsafe_b64encode(b"1/x/0123456789abcdef").decode()),
        *(urlsafe_b64encode(text).decode() for text in (b"-1/x/y", b"\xff/x/y", b"1" * 99)),
        Position(1, "x").cursor(GUEST) + "=",
        Position(1, "x").cursor(GUEST) + "\n",
        urlsafe_b64encode(urlsafe_b64decode(Position(1, "x").cursor(GUEST) + "==") + b"0").decode(),
    ],
)
def test_anything_but_a_cursor_of_ours_is_refused(here: Shop, cursor: str) -> None:
    status, body = ask(here, older_than=cursor)

    assert (status, body["code"]) == (400, "cursor_invalid")


@pytest.mark.parametrize(
    "changes",
    [
        {"user_id": None},
        {"user_id": ""},
        {"user_id": "u 1"},
        *({"limit": limit} for limit in (0, 101, "20", 2.5, True)),
        {"older_than": 7},
        {"older_than": "x" * 513},
    ],
)
def test_question_of_another_form_is_not_read(here: Shop, changes: dict[str, Any]) -> None:
    status, body = ask(here, **changes)

    assert (status, body["code"]) == (400, "validation_failed")


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem"])
def test_history_that_cannot_be_read_is_not_called_empty(here: Shop, operation: str) -> None:
    bought(here, 1)

    def refuse(_asked: Json) -> Json:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, operation)

    with calls.serving("dynamodb", operation, refuse):
        status, body = ask(here)

    assert (status, body["code"]) == (503, "storage_unavailable")
