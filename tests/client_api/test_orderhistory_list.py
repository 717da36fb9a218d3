"""POST /4.0/qr-orders/v1/orderhistory/list and its older spelling."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from client_api.model import ClientStatus, Receipt
from client_api.texts import STATUSES
from client_api.use_cases import GuestOrders, ReceiptLinks
from shared.errors import InvalidRequest, Unavailable
from shared.keys import Peppers, unseal
from shared.receipt_links import Document
from tests.client_api.fakes import (
    ORDER_ID,
    PAYER,
    STRANGER,
    FakeOrders,
    Guests,
    order,
    past_order,
    roubles,
)
from tests.support.aws_world import World
from tests.support.intrinsics import ROOT

Serve = Callable[..., Guests]
PATH = "/4.0/qr-orders/v1/orderhistory/list"
ALIAS = "/iiko-integration/v1/orderhistory/list"
PEPPERS = Peppers.parse('{"current":"p1","p1":"pepper"}')


class NoFiles:
    def url(self, document: Document) -> str:
        raise AssertionError("history gives lasting links only")


@pytest.fixture
def serve(world: World, monkeypatch: pytest.MonkeyPatch) -> Serve:
    module = world.load("client_api", "orderhistory_list")

    def over(orders: FakeOrders, path: str = PATH) -> Guests:
        monkeypatch.setattr(module, "orders", GuestOrders(orders))
        monkeypatch.setattr(module, "links", ReceiptLinks("", lambda: PEPPERS, NoFiles()))
        return Guests(world, module, path)

    return over


def orders(*past: Any, **changes: Any) -> FakeOrders:
    return FakeOrders(order(), past, **changes)


@pytest.mark.parametrize("path", [PATH, ALIAS])
def test_guest_reads_their_history(serve: Serve, path: str) -> None:
    status, body = serve(orders(past_order(), cursor="next"), path).call({})

    assert status == 200
    (receipt,) = body["orders"][0].pop("receipts")
    assert (receipt.pop("title"), receipt.pop("sum")) == ("Чек оплаты", "1570.00")
    assert unseal(receipt.pop("url").rpartition("/r/")[2], PEPPERS) == f"{ORDER_ID}/{ORDER_ID}-1/1"
    assert receipt == {}
    assert body == {
        "orders": [
            {
                "order_id": ORDER_ID,
                "created_at": "2026-11-20T12:00:00.000Z",
                "partner": {"partner_id": "p_demo", "name": "Ресторан", "address": "Москва"},
                "total": "1570.00",
                "refunded": "0.00",
                "currency": "RUB",
                "status": "success",
                "status_text": "Оплачен",
            }
        ],
        "cursor": "next",
    }


def test_guest_without_orders_has_an_empty_history(serve: Serve) -> None:
    assert serve(orders()).call({}) == (200, {"orders": []})


def test_order_of_the_answer_is_kept(serve: Serve) -> None:
    _, body = serve(orders(*(past_order(order_id=name) for name in "cab"))).call({})

    assert [order["order_id"] for order in body["orders"]] == ["c", "a", "b"]


def test_every_receipt_is_named_in_the_guests_language(serve: Serve) -> None:
    receipts = (
        Receipt(Document(ORDER_ID, f"{ORDER_ID}-1", 1), "payment", roubles("1570.00")),
        Receipt(Document(ORDER_ID, f"{ORDER_ID}-1", 2), "refund", roubles("10.00")),
    )
    guests = serve(orders(past_order(receipts=receipts)))

    _, body = guests.call({}, headers={"Accept-Language": "en-GB,ru;q=0.5"})

    found = [(receipt["title"], receipt["sum"]) for receipt in body["orders"][0]["receipts"]]
    assert found == [("Payment receipt", "1570.00"), ("Refund receipt", "10.00")]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("status", list(ClientStatus))
def test_every_status_has_its_text(serve: Serve, status: ClientStatus, language: Any) -> None:
    guests = serve(orders(past_order(status=status)))

    _, body = guests.call({}, headers={"Accept-Language": language})

    found = body["orders"][0]
    assert (found["status"], found["status_text"]) == (status, STATUSES[language][status])
    assert found["status_text"].isascii() == (language == "en")


def test_history_is_of_the_guest_of_the_token_whatever_the_body_says(serve: Serve) -> None:
    known = orders(past_order())

    _, body = serve(known).call({"user_id": PAYER}, user_id=STRANGER)

    assert known.asked == [(STRANGER, 20, None)]
    assert body == {"orders": []}


def test_page_is_what_the_guest_asks_for(serve: Serve) -> None:
    known = orders()

    serve(known).call({"limit": 100, "older_than": "cursor"})

    assert known.asked == [(PAYER, 100, "cursor")]


def test_cursor_that_is_not_the_guests_is_refused(serve: Serve) -> None:
    guests = serve(orders(refusal=InvalidRequest("cursor_invalid")))

    status, body = guests.call({"older_than": "x"})

    assert (status, body["code"]) == (400, "cursor_invalid")


def test_history_that_cannot_be_read_is_not_called_empty(serve: Serve) -> None:
    status, _ = serve(orders(refusal=Unavailable("service_unavailable"))).call({})

    assert status == 503


@pytest.mark.parametrize(
    "body",
    [
        *({"limit": limit} for limit in (0, 101, "20", 2.5, True, None)),
        *({"older_than": cursor} for cursor in (7, "x" * 513)),
        [],
    ],
)
def test_question_of_another_form_is_not_asked(serve: Serve, body: object) -> None:
    known = orders()

    status, found = serve(known).call(body)

    assert (status, found["code"]) == (400, "validation_failed")
    assert known.asked == []


def test_sample_event_is_answered(serve: Serve) -> None:
    guests = serve(orders(past_order()))
    sample = json.loads((ROOT / "events/client_api/orderhistory_list.json").read_text("utf-8"))

    status, body = guests.world.invoke(guests.module, sample)

    assert (status, len(body["orders"])) == (200, 1)
