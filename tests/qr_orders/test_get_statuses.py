"""POST /qr-orders/v1/get-statuses: what ten thousand tills ask every second (QO-04, AR-06)."""

from dataclasses import replace
from typing import Any

import pytest

from qr_orders import statuses
from qr_orders.model import Partner, Payment
from shared import aws
from tests.qr_orders.support import PARTNER, Shop, hasty
from tests.support import calls

ONE_READ = ["dynamodb.BatchGetItem"]


def ask(here: Shop, *order_ids: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    return here.post("get_statuses", order_ids=list(order_ids), **changes)


def polled_at(here: Shop, order_id: str) -> int | None:
    (row,) = [row for row in here.rows("orders") if row["order_id"] == order_id]
    return row.get("last_polled_at")


def test_status_is_answered(here: Shop) -> None:
    order_id = here.opened_in(Payment.HELD, partner=Partner.CONFIRMED)

    status, body = ask(here, order_id)

    assert status == 200
    assert body["not_found"] == []
    assert body["orders"] == [
        {
            "order_id": order_id,
            "external_order_id": "A-1021",
            "payment_status": "held",
            "partner_status": "confirmed",
            **{"total": "1570.00", "refunded": "0.00"},
            "currency": "RUB",
            "version": 1,
            "updated_at": "2026-01-02T10:00:00.000Z",
            "expires_at": "2026-01-02T14:00:00.000Z",
        }
    ]


def test_answers_come_in_the_order_of_the_questions(here: Shop) -> None:
    ids = [here.open(external_order_id=str(number)) for number in range(8)]
    asked = [*ids[::-1][:4], "01NOWHERE2", *ids[:4], "01NOWHERE1"]

    _, body = ask(here, *asked)

    assert [order["order_id"] for order in body["orders"]] == [*ids[::-1][:4], *ids[:4]]
    assert body["not_found"] == ["01NOWHERE2", "01NOWHERE1"]


def test_order_of_another_partner_is_as_unknown_as_none(here: Shop) -> None:
    mine, foreign = here.open(), here.open(partner_id="p_other")

    _, body = ask(here, mine, foreign, touch_activity=True)

    assert [order["order_id"] for order in body["orders"]] == [mine]
    assert body["not_found"] == [foreign]
    assert polled_at(here, foreign) is None


def test_key_of_a_group_sees_all_its_partners(here: Shop) -> None:
    ids = [here.open(), here.open(partner_id="p_other")]

    _, body = ask(here, *ids, partner_ids=[PARTNER, "p_other"])

    assert [order["order_id"] for order in body["orders"]] == ids


def test_order_asked_for_twice_is_answered_once(here: Shop) -> None:
    order_id = here.open()

    _, body = ask(here, order_id, order_id)

    assert len(body["orders"]) == 1


def test_hundred_orders_are_one_read(here: Shop) -> None:
    ids = [here.open(external_order_id=str(number)) for number in range(3)]
    unknown = [f"01NOWHERE{number}" for number in range(97)]
    here.module("get_statuses")

    with here.watched() as seen:
        status, body = ask(here, *ids, *unknown, touch_activity=False)

    assert (status, len(body["orders"]), len(body["not_found"])) == (200, 3, 97)
    assert seen == ONE_READ


def test_poll_within_thirty_seconds_of_the_last_sign_of_life_only_reads(here: Shop) -> None:
    order_id = here.open()
    here.clock.advance(29.999)

    with here.watched() as seen:
        ask(here, order_id)

    assert seen == ONE_READ
    assert polled_at(here, order_id) is None


def test_poll_after_sixty_seconds_is_noted(here: Shop) -> None:
    order_id = here.open()
    for _ in range(2):
        here.clock.advance(60)

        with here.watched() as seen:
            ask(here, order_id)

        assert seen == [*ONE_READ, "dynamodb.UpdateItem"]
        assert polled_at(here, order_id) == here.clock.milliseconds()


def test_marks_that_were_due_together_are_not_due_together_again(here: Shop) -> None:
    ids = [here.open(external_order_id=str(number)) for number in range(10)]
    here.clock.advance(60)
    ask(here, *ids)
    here.clock.advance(45)

    with here.watched() as seen:
        ask(here, *ids)

    assert 0 < seen.count("dynamodb.UpdateItem") < len(ids)


def test_one_process_writes_only_so_many_marks_a_second(
    here: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statuses, "MARKS_PER_S", 2)
    ids = [here.open(external_order_id=str(number)) for number in range(5)]
    here.clock.advance(60)

    for seconds, marked in ((0, 2), (0, 2), (1, 4), (1, 5)):
        here.clock.advance(seconds)
        ask(here, *ids)
        assert sum("last_polled_at" in row for row in here.rows("orders")) == marked


def test_till_of_a_hasty_restaurant_is_noted_in_time(here: Shop) -> None:
    """Asked every three seconds, an order whose time-out is ten seconds is never silent."""
    order_id = here.open(partner=hasty(10))
    for _ in range(30):
        here.clock.advance(3)
        ask(here, order_id)
        assert not here.order(order_id).is_silent(here.clock.now())


@pytest.mark.parametrize("pause_s", [3, 10, 59, 290])
def test_index_never_holds_an_active_order_for_silent(here: Shop, pause_s: int) -> None:
    order_id = here.open()
    moves = set()
    for _ in range(900 // pause_s):
        here.clock.advance(pause_s)
        ask(here, order_id)
        (row,) = here.rows("orders")
        moves.add(row["silent_at"])
        assert not here.order(order_id).is_silent(here.clock.now())
        assert pause_s > 60 or row["silent_at"] > here.clock.milliseconds()
    assert len(moves) <= 5


def test_late_mark_of_an_ended_order_does_not_bring_it_back(here: Shop) -> None:
    order_id = here.open()
    here.clock.advance(60)
    here.module("get_statuses")

    def end(call: calls.Call) -> None:
        if call.operation == "UpdateItem" and here.order(order_id).partner is Partner.OPEN:
            here.alter(order_id, partner=Partner.CANCELLED, payment=Payment.CANCELLED)

    with calls.intercepting(end):
        assert ask(here, order_id)[0] == 200

    (row,) = here.rows("orders")
    assert "silent_at" not in row
    assert "last_polled_at" not in row


@pytest.mark.parametrize("payment", list(Payment))
@pytest.mark.parametrize("partner", list(Partner))
def test_only_an_open_unpaid_order_is_touched(
    here: Shop, payment: Payment, partner: Partner
) -> None:
    order_id = here.opened_in(payment, partner=partner)
    here.clock.advance(60)

    ask(here, order_id)

    waits = payment in (Payment.NEW, Payment.HOLD_FAILED) and partner is Partner.OPEN
    assert (polled_at(here, order_id) is not None) is waits


def test_poll_that_is_no_heartbeat_writes_nothing(here: Shop) -> None:
    order_id = here.open()

    ask(here, order_id, touch_activity=None)

    assert polled_at(here, order_id) is None


def test_heartbeat_does_not_disturb_a_payment(here: Shop) -> None:
    order_id = here.open()
    before = here.order(order_id)
    here.clock.advance(60)

    ask(here, order_id)

    assert replace(here.order(order_id), last_polled_at=None) == before


def test_keys_left_unprocessed_are_asked_for_again(
    here: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [here.open(external_order_id=str(number)) for number in range(2)]
    batches = halved(monkeypatch, rounds=1)

    _, body = ask(here, *ids)

    assert [order["order_id"] for order in body["orders"]] == ids
    assert [len(batch) for batch in batches] == [2, 1]


def test_orders_that_cannot_be_read_are_not_called_unknown(
    here: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [here.open(external_order_id=str(number)) for number in range(2)]
    halved(monkeypatch, rounds=99)

    status, body = ask(here, *ids)

    assert (status, body["code"]) == (503, "storage_unavailable")


def halved(monkeypatch: pytest.MonkeyPatch, rounds: int) -> list[list[Any]]:
    """DynamoDB leaves the last key of each of the first `rounds` batches; the keys it got."""
    client, got = aws.client("dynamodb"), []
    read = client.batch_get_item

    def batch_get_item(RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        ((table, asked),) = RequestItems.items()
        got.append(asked["Keys"])
        if len(got) > rounds:
            return dict(read(RequestItems=RequestItems))
        *served, left = asked["Keys"]
        rest = {"UnprocessedKeys": {table: asked | {"Keys": [left]}}}
        if not served:
            return {"Responses": {}} | rest
        return dict(read(RequestItems={table: asked | {"Keys": served}})) | rest

    monkeypatch.setattr(client, "batch_get_item", batch_get_item)
    return got


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"order_ids": None}, "order_ids"),
        ({"order_ids": []}, "order_ids"),
        ({"order_ids": ["x"] * 101}, "order_ids"),
        ({"order_ids": "x"}, "order_ids"),
        ({"order_ids": [1]}, "order_ids"),
        ({"order_ids": [""]}, "order_ids"),
        ({"order_ids": ["x" * 65]}, "order_ids"),
        ({"partner_ids": []}, "partner_ids"),
        ({"partner_ids": ["p"] * 1001}, "partner_ids"),
        ({"touch_activity": "true"}, "touch_activity"),
    ],
)
def test_question_of_another_form_is_not_read(
    here: Shop, changes: dict[str, Any], field: str
) -> None:
    status, body = here.post("get_statuses", **changes)

    assert (status, body["code"]) == (400, "validation_failed")
    assert body["details"] == {"fields": [{"field": field}]}
