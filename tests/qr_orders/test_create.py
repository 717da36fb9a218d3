"""POST /qr-orders/v1/create: a till opens an order, and opens it again (decisions 2, 3)."""

import json
from dataclasses import replace
from typing import Any

import pytest

from qr_orders.model import Partner, Payment
from tests.qr_orders.support import PARTNER, Shop, sample

ENDED = (
    (Payment.CANCELLED, Partner.CANCELLED),
    (Payment.EXPIRED, Partner.EXPIRED),
    (Payment.CANCELLING, Partner.CANCELLED),
)
PAID = (
    (Payment.HELD, Partner.OPEN),
    (Payment.CLEARING, Partner.CLOSED),
    (Payment.CLEARED, Partner.CLOSED),
)


def item(**changes: Any) -> dict[str, Any]:
    """A line of the bill: one thing for 1570.00."""
    one = {"id": "1", "name": "Обед", "quantity": "1", "price": "1570.00", "total": "1570.00"}
    return one | {"vat": "20"} | changes


def partner(**changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(sample("create")["body"])["partner"]
    return said | changes


def settings(**changes: Any) -> dict[str, Any]:
    return partner(settings=partner()["settings"] | changes)


def refusal(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    return answer[0], answer[1]["code"]


def test_new_order_is_answered_with_its_qr(here: Shop) -> None:
    status, body = here.post("create")

    order_id, short_code = body["order_id"], body["qr"]["short_code"]
    assert status == 200
    assert body == {
        "order_id": order_id,
        "created": True,
        "version": 1,
        "status": {"payment": "new", "partner": "open"},
        "total": "1570.00",
        "currency": "RUB",
        "expires_at": "2026-01-02T14:00:00.000Z",
        "qr": {"payload": f"https://pay.example/q/{order_id}", "short_code": short_code},
    }
    assert here.journal(order_id) == ["created"]


def test_repeat_answers_the_same_order_and_writes_nothing(here: Shop) -> None:
    _, first = here.post("create")
    before = here.aws.snapshot().rows
    here.clock.advance(60)

    status, second = here.post("create")

    assert status == 200
    assert second == first | {"created": False}
    assert here.aws.snapshot().rows == before


def test_repeat_is_known_though_the_partner_was_edited_meanwhile(here: Shop) -> None:
    order_id = here.open()

    status, body = here.post("create", partner=partner(name="Новое имя"), expires_in_sec=600)

    assert (status, body["order_id"], body["created"]) == (200, order_id, False)


@pytest.mark.parametrize("payment", [Payment.HOLDING, Payment.HELD, Payment.CLEARED])
def test_repeat_of_an_order_on_its_way_shows_its_status(here: Shop, payment: Payment) -> None:
    here.opened_in(payment)

    status, body = here.post("create")

    assert (status, body["created"], body["status"]["payment"]) == (200, False, payment.value)


def test_same_version_with_another_body_is_a_conflict(here: Shop) -> None:
    order_id = here.open()

    status, body = here.post("create", table="13")

    assert (status, body["code"]) == (409, "idempotency_conflict")
    assert body["details"] == {"status": {"payment": "new", "partner": "open"}, "version": 1}
    assert here.get(order_id=order_id)[1]["table"] == "12"


def test_two_partners_may_name_their_orders_alike(here: Shop) -> None:
    assert here.open() != here.open(partner_id="p_other")


@pytest.mark.parametrize("payment", [Payment.NEW, Payment.HOLD_FAILED])
def test_higher_version_replaces_the_basket_under_the_same_qr(here: Shop, payment: Payment) -> None:
    order_id = here.opened_in(payment)
    _, first = here.post("create")
    bigger = {"items": [item(price="2000.00", total="2000.00")], "total": "2000.00", "table": "9"}

    status, body = here.post("create", external_version=2, **bigger)

    assert (status, body["created"], body["version"]) == (200, False, 2)
    assert (body["order_id"], body["qr"]) == (order_id, first["qr"])
    _, shown = here.get(order_id=order_id)
    assert (shown["total"], shown["table"], len(shown["items"])) == ("2000.00", "9", 1)
    assert shown["status"]["payment"] == payment.value
    assert here.journal(order_id)[-1] == "basket_replaced"


def test_repeat_of_the_higher_version_is_a_repeat(here: Shop) -> None:
    here.open()
    here.post("create", external_version=2, table="13")

    status, body = here.post("create", external_version=2, table="13")

    assert (status, body["version"]) == (200, 2)


def test_lower_version_is_stale(here: Shop) -> None:
    here.open(external_version=3)

    status, body = here.post("create", external_version=2)

    assert (status, body["code"], body["details"]["version"]) == (409, "stale_version", 3)


@pytest.mark.parametrize("payment", [Payment.INIT, Payment.HOLDING])
def test_basket_in_payment_is_frozen(here: Shop, payment: Payment) -> None:
    here.opened_in(payment)

    answer = here.post("create", external_version=2, table="13")

    assert refusal(answer) == (409, "payment_in_progress")
    assert answer[1]["details"]["status"]["payment"] == payment.value


@pytest.mark.parametrize(("payment", "said"), PAID)
def test_basket_of_a_paid_order_is_frozen(here: Shop, payment: Payment, said: Partner) -> None:
    order_id = here.opened_in(payment, partner=said)

    answer = here.post("create", external_version=2, table="13")

    assert refusal(answer) == (409, "order_already_paid")
    assert here.order(order_id).version == 1


@pytest.mark.parametrize(("payment", "said"), ENDED)
def test_basket_of_an_ended_order_is_frozen(here: Shop, payment: Payment, said: Partner) -> None:
    here.opened_in(payment, partner=said)

    assert refusal(here.post("create", external_version=2)) == (409, "order_closed")


def test_expiry_binds_the_basket_by_the_clock(here: Shop) -> None:
    here.open(expires_in_sec=60)
    here.clock.advance(59.999)
    assert here.post("create", external_version=2)[0] == 200

    here.clock.advance(0.001)

    assert refusal(here.post("create", external_version=3)) == (409, "order_closed")


def test_partner_snapshot_survives_a_new_basket(here: Shop) -> None:
    order_id = here.open()
    here.post("create", external_version=2, partner=partner(name="Новое имя", inn="7700000001"))

    _, shown = here.get(order_id=order_id)

    assert shown["version"] == 2
    assert shown["partner"] == partner()


def test_rates_may_have_more_digits_than_money(here: Shop) -> None:
    said = partner(commission_rate="0.0275", cashback={"rate": "0.0125", "max": "300.00"})

    order_id = here.open(partner=said)

    assert here.get(order_id=order_id)[1]["partner"] == said


@pytest.mark.parametrize(
    ("changes", "expires_at"),
    [
        ({"expires_in_sec": 600, "partner": settings(order_ttl_min=30)}, "10:10"),
        ({"partner": settings(order_ttl_min=30)}, "10:30"),
        ({"partner": partner(settings={})}, "14:00"),
    ],
    ids=["of the request", "else the partner's", "else 240 minutes"],
)
def test_time_to_live_is(here: Shop, changes: dict[str, Any], expires_at: str) -> None:
    _, body = here.post("create", **changes)

    assert body["expires_at"] == f"2026-01-02T{expires_at}:00.000Z"


def test_taken_short_code_is_drawn_again(here: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = iter(["AAAA2222", "AAAA2222", "BBBB3333"])
    module = here.module("create")
    drawn = replace(module.orders, new_short_code=lambda: next(codes))
    monkeypatch.setattr(module, "orders", drawn)

    first, second = here.open(), here.open(external_order_id="B")

    assert here.order(first).short_code == "AAAA2222"
    assert here.order(second).short_code == "BBBB3333"
    assert len(here.rows("orders")) == 2


def test_fields_that_nobody_knows_are_not_kept(here: Shop) -> None:
    order_id = here.open(secret_note="x", partner=partner(owner="y"))

    _, shown = here.get(order_id=order_id)

    assert "secret_note" not in shown
    assert "owner" not in shown["partner"]
    assert shown["partner_id"] == PARTNER


def test_order_and_the_timer_of_its_end_are_one_commit(here: Shop) -> None:
    here.open(external_order_id="warm")
    with here.watched() as seen:
        order_id = here.open()

    assert seen == ["dynamodb.GetItem", "dynamodb.TransactWriteItems"]
    timer = here.all_tasks()[f"qr_order_expired#{order_id}"]
    assert timer["payload"] == {"order_id": order_id}
    assert here.due_in_s(f"qr_order_expired#{order_id}") == 4 * 3600


@pytest.mark.parametrize(
    ("changes", "left_s"),
    [({"expires_in_sec": 900}, 900), ({"expires_in_sec": 7200}, 7200), ({}, 3000)],
    ids=["sooner", "later", "not said"],
)
def test_new_basket_has_the_time_to_live_that_it_names(
    here: Shop, changes: dict[str, Any], left_s: int
) -> None:
    order_id = here.open(expires_in_sec=3600)
    here.clock.advance(600)

    here.post("create", external_version=2, table="13", **changes)

    assert (here.order(order_id).expires_at - here.clock.now()).total_seconds() == left_s
    assert here.due_in_s(f"qr_order_expired#{order_id}") == left_s
