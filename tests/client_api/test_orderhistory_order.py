"""POST /iiko-integration/v1/orderhistory/order."""

from collections.abc import Callable

import pytest

from client_api.model import Order, PaymentStatus, Receipt
from client_api.use_cases import GuestOrders, ReceiptLinks
from shared.keys import Peppers, unseal
from shared.receipt_links import Document
from tests.client_api.fakes import (
    DOMAIN,
    ORDER_ID,
    PRIVATE,
    STRANGER,
    FakeOrders,
    Guests,
    order,
    paid_order,
    roubles,
)
from tests.support.aws_world import World

Serve = Callable[..., Guests]
BODY = {"order_id": ORDER_ID}
PEPPERS = Peppers.parse('{"current":"p1","p1":"pepper"}')


class NoFiles:
    def url(self, document: Document) -> str:
        raise AssertionError("history gives lasting links only")


@pytest.fixture
def serve(world: World, monkeypatch: pytest.MonkeyPatch) -> Serve:
    module = world.load("client_api", "orderhistory_order")

    def over(found: Order, public_base_url: str = "") -> Guests:
        links = ReceiptLinks(public_base_url, lambda: PEPPERS, NoFiles())
        monkeypatch.setattr(module, "orders", GuestOrders(FakeOrders(found)))
        monkeypatch.setattr(module, "links", links)
        return Guests(world, module, "/iiko-integration/v1/orderhistory/order")

    return over


def test_owner_reads_the_paid_order(serve: Serve) -> None:
    status, body = serve(paid_order()).call(BODY)

    (receipt,) = body.pop("receipts")
    assert (receipt["title"], receipt["sum"]) == ("Чек оплаты", "1570.00")
    assert [item["name"] for item in body.pop("items")] == ["Борщ", "Чай"]
    assert status == 200
    assert body == {
        "order_id": ORDER_ID,
        "created_at": "2026-11-20T12:00:00.000Z",
        "partner": {"partner_id": "p_demo", "name": "Ресторан", "address": "Москва"},
        "total": "1570.00",
        "refunded": "0.00",
        "currency": "RUB",
        "status": "success",
        "status_text": "Оплачен",
    }


def test_payment_and_refund_receipts_are_named_apart(serve: Serve) -> None:
    receipts = (
        Receipt(Document(ORDER_ID, f"{ORDER_ID}-1", 1), "payment", roubles("1570.00")),
        Receipt(Document(ORDER_ID, f"{ORDER_ID}-1", 2), "refund", roubles("10.00")),
    )
    guests = serve(paid_order(PaymentStatus.PARTIALLY_REFUNDED, receipts=receipts))

    _, russian = guests.call(BODY)
    _, english = guests.call(BODY, headers={"Accept-Language": "en"})

    assert [receipt["title"] for receipt in russian["receipts"]] == ["Чек оплаты", "Чек возврата"]
    assert [receipt["title"] for receipt in english["receipts"]] == [
        "Payment receipt",
        "Refund receipt",
    ]
    assert english["status_text"] == "Partially refunded"


@pytest.mark.parametrize(
    ("configured", "base"),
    [
        ("", f"https://{DOMAIN}"),
        ("https://pay.example/", "https://pay.example"),
        ("http://127.0.0.1:8/{api_id}/$default", "http://127.0.0.1:8/a1b2c3d4e5/$default"),
    ],
)
def test_receipt_link_leads_to_the_api_that_made_it(
    serve: Serve, configured: str, base: str
) -> None:
    _, body = serve(paid_order(), configured).call(BODY, headers={"Host": "evil.example"})

    root, _, token = body["receipts"][0]["url"].rpartition("/r/")
    assert root == base
    assert unseal(token, PEPPERS) == f"{ORDER_ID}/{ORDER_ID}-1/1"


@pytest.mark.parametrize("found", [order(), *map(paid_order, PaymentStatus)])
def test_strangers_order_is_an_unknown_order(serve: Serve, found: Order) -> None:
    guests = serve(found)

    foreign = guests.call(BODY, user_id=STRANGER)
    unknown = guests.call({"order_id": "no_such_order"}, user_id=STRANGER)

    assert {**foreign[1], "request_id": ""} == {**unknown[1], "request_id": ""}
    assert (foreign[0], foreign[1]["code"]) == (404, "order_not_found")
    assert not [secret for secret in PRIVATE if secret in str(foreign[1])]
