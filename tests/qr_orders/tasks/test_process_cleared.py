"""Task qr_order_process_cleared: document to Eda, news to the guest (QO-16, RC-02, 11)."""

import json

import pytest

from shared import metrics
from shared.money import Money
from tests.qr_orders.conftest import Measured
from tests.qr_orders.outside import NOTIFICATIONS
from tests.qr_orders.support import TOTAL, Shop


def process(order_id: str) -> str:
    return f"qr_order_process_cleared#{order_id}#1-1"


def render(order_id: str) -> str:
    return f"qr_order_render_receipt#{order_id}-1/1"


def document_path(order_id: str) -> str:
    return f"/eda/v1/invoices/{order_id}-1/documents/1"


def paid(here: Shop) -> str:
    """A cleared order whose document and news are awaited."""
    order_id = here.cleared()
    here.outside.says("PUT", document_path(order_id), {"status": "accepted"}, 202)
    here.outside.says("POST", NOTIFICATIONS, {"id": "n1"}, 202)
    return order_id


def test_document_says_what_was_paid(here: Shop) -> None:
    order_id = paid(here)

    assert here.work(process(order_id))

    common = {"unit": "pcs", "vat": "20"}
    assert here.outside.bodies("PUT", document_path(order_id)) == [
        {
            "order_id": order_id,
            "type": "payment",
            "currency": "RUB",
            "total": "1570.00",
            "partner": {
                "id": "p_demo",
                "inn": "7700000000",
                "place_id": "demo-1",
                "address": "101000, г. Москва, ул. Примерная, д. 1",
                "name": "ООО «Демо Ресторан»",
            },
            "user": {"id": "u1"},
            "payment": {"method": "card"},
            "items": [
                {"id": "1", "name": "Борщ", "quantity": "2", "price": "400.00"}
                | {"discount": "0.00", "total": "800.00"}
                | common,
                {"id": "2", "name": "Стейк рибай", "quantity": "1", "price": "800.00"}
                | {"discount": "30.00", "total": "770.00"}
                | common,
            ],
            "cleared_at": "2026-01-02T10:00:10.000Z",
        }
    ]


def test_guest_is_told_that_the_order_is_paid(here: Shop) -> None:
    order_id = paid(here)

    here.work(process(order_id))

    assert here.outside.bodies("POST", NOTIFICATIONS) == [
        {
            "idempotency_key": f"{order_id}:order_paid:1",
            "user_id": "u1",
            "intent": "order_paid",
            "params": {"order_id": order_id, "total": "1570.00"},
            "ttl_sec": 86400,
            "locale": "ru",
        }
    ]


def test_calls_carry_their_idempotency_keys(here: Shop) -> None:
    order_id = paid(here)

    here.work(process(order_id))

    assert [one.key for one in here.outside.asked] == [
        f"{order_id}-1/1",
        f"{order_id}:order_paid:1",
    ]


def test_receipt_is_requested_with_its_task(here: Shop) -> None:
    order_id = paid(here)

    here.work(process(order_id))

    (row,) = here.rows("receipts")
    assert (row["order_id"], row["document_id"]) == (order_id, f"{order_id}-1/1")
    assert (row["kind"], row["state"], row["total"]) == ("payment", "requested", TOTAL)
    assert list(here.tasks()) == [render(order_id)]
    task = here.tasks()[render(order_id)]
    assert task["payload"] == {
        "order_id": order_id,
        "document_id": f"{order_id}-1/1",
        "polls": 0,
    }
    assert here.due_in_s(render(order_id)) == 30


def test_version_is_processed_once(here: Shop) -> None:
    order_id = paid(here)
    here.work(process(order_id))
    row, due_in_s = here.rows("receipts"), here.due_in_s(render(order_id))
    here.outside.forget()
    here.arm(process(order_id), order_id=order_id, invoice_id=f"{order_id}-1", version=1)

    assert here.work(process(order_id))

    assert here.outside.asked == []
    assert here.rows("receipts") == row
    assert list(here.tasks()) == [render(order_id)]
    assert here.due_in_s(render(order_id)) == due_in_s


def test_bus_hears_what_was_paid(here: Shop) -> None:
    order_id = paid(here)

    here.work(process(order_id))

    (entry,) = here.outside.published
    assert (entry["EventBusName"], entry["Source"]) == ("test-payments", "qr_orders")
    assert entry["DetailType"] == "payment.cleared"
    assert json.loads(entry["Detail"]) == {
        "event_id": f"{order_id}:1",
        **{"order_id": order_id, "invoice_id": f"{order_id}-1", "version": 1, "user_id": "u1"},
        **{"refunded": "0.00", "net_amount": "1570.00", "currency": "RUB"},
    }


def test_event_that_the_bus_refuses_is_published_again_as_it_was(here: Shop) -> None:
    order_id = paid(here)
    here.outside.refused_events = 1
    here.work(process(order_id))
    assert (here.outside.published, here.rows("receipts")) == ([], [])

    here.work(process(order_id))

    assert [entry["DetailType"] for entry in here.outside.published] == ["payment.cleared"]
    assert list(here.tasks()) == [render(order_id)]


def test_document_stays_as_it_is_when_the_order_moves_on(here: Shop) -> None:
    order_id = paid(here)
    here.outside.refused_events = 1
    here.work(process(order_id))
    here.clock.advance(60)
    here.alter(order_id, updated_at=here.clock.now())

    here.work(process(order_id))

    first, second = here.outside.bodies("PUT", document_path(order_id))
    assert first == second


@pytest.mark.parametrize("broken", ["eda", "notify"])
def test_whole_step_is_repeated_with_the_same_content(here: Shop, broken: str) -> None:
    order_id = paid(here)
    if broken == "eda":
        here.outside.times_out("PUT", document_path(order_id))
    else:
        here.outside.times_out("POST", NOTIFICATIONS)
    here.work(process(order_id))
    assert here.rows("receipts") == []

    here.outside.says("PUT", document_path(order_id))
    here.outside.says("POST", NOTIFICATIONS)
    here.work(process(order_id))

    documents = here.outside.bodies("PUT", document_path(order_id))
    assert documents[0] == documents[1]
    assert list(here.tasks()) == [render(order_id)]


def test_guest_who_cannot_be_told_still_gets_a_receipt(here: Shop) -> None:
    order_id = paid(here)
    here.outside.refuses("POST", NOTIFICATIONS, 422, "unknown_user")

    here.work(process(order_id))

    assert list(here.tasks()) == [render(order_id)]


def test_document_refused_by_eda_is_tried_for_ever(here: Shop) -> None:
    order_id = paid(here)
    here.outside.refuses("PUT", document_path(order_id), 409, "document_exists")
    here.tire(process(order_id), 50)

    assert here.work(process(order_id))

    task = here.tasks()[process(order_id)]
    assert task["attempts"] == 51
    assert task["shard"] != "parked"
    assert 1800 <= here.due_in_s(process(order_id)) <= 3600


def test_document_shows_what_was_paid_and_not_the_order_of_now(here: Shop) -> None:
    order_id = paid(here)
    here.alter(order_id, total=Money(100, "RUB"))

    here.work(process(order_id))

    assert here.outside.bodies("PUT", document_path(order_id))[0]["total"] == "1570.00"


def test_task_of_no_order_is_kept_for_an_operator(here: Shop) -> None:
    here.arm(process("01NOWHERE"), order_id="01NOWHERE", invoice_id="01NOWHERE-1", version=1)

    here.work(process("01NOWHERE"))

    assert here.tasks()[process("01NOWHERE")]["attempts"] == 1


def test_queued_receipt_is_counted(here: Shop, measured: Measured) -> None:
    order_id = paid(here)

    here.work(process(order_id))

    assert ("ReceiptEnqueue", 1) in measured


def test_receipt_that_cannot_be_queued_is_counted_as_failed(
    here: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    results: list[str] = []

    def count(name: str, value: int = 1, **by: str) -> None:
        if name == "ReceiptEnqueue":
            results.append(by["Result"])

    monkeypatch.setattr(metrics, "count", count)
    order_id = paid(here)
    here.outside.times_out("PUT", document_path(order_id))
    here.work(process(order_id))
    here.outside.says("PUT", document_path(order_id), {}, 202)
    here.work(process(order_id))

    assert results == ["failed", "ok"]
