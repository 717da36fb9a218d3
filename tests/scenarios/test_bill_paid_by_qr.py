"""Scenario 1 of SPEC C.1: a bill is opened, scanned, paid, closed, and its receipt is read."""

from collections.abc import Iterator

import pytest

from local.receipt_reader import read_receipt
from shared import aws
from shared.http_event import event
from tests.support.intrinsics import Json
from tests.support.street import Street, bill
from tests.support.town import town

HISTORY = "/iiko-integration/v1/orderhistory/order"


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    with town(EdaReceiptDelaySec="30", ReceiptPollPeriodSec="10") as place:
        found = Street(place)
        found.partner = found.open_restaurant()
        yield found


@pytest.fixture(scope="module")
def paid(street: Street) -> Json:
    """The demo's bill, paid by guest-1 and closed by the till, when all is quiet."""
    code, order = street.open_order(order_id="A-1021")
    assert code == 200
    assert street.status(order["id"]) == "NEW"
    code, seen = street.guest(
        "preorder", "/4.0/payments/v1/preorder", {"order": order["qr"]["url"]}
    )
    assert code == 200
    assert seen["order"]["total"] == bill()["total"]
    assert street.pay(order)[0] == 200
    assert street.status(order["id"]) == "PAYMENT_IN_PROGRESS"
    street.town.settle(rounds=2)
    assert street.status(order["id"]) == "PAID"
    assert street.set_status(order["id"], "CLOSED")[0] == 200
    street.town.settle(rounds=12, seconds=5)
    return order


def receipts(street: Street, order: Json) -> list[Json]:
    code, found = street.guest("orderhistory_order", HISTORY, {"order_id": order["id"]})
    assert code == 200
    listed: list[Json] = found["receipts"]
    return listed


def file_behind(street: Street, token: str) -> bytes:
    """Follows the lasting link as a browser does, up to the object it ends at."""
    answer = street.town.run("client_api", "r", event("GET", "/r/{token}", path={"token": token}))
    assert answer["statusCode"] == 302
    assert answer["headers"]["Cache-Control"] == "no-store"
    bucket_and_key = answer["headers"]["Location"].partition("?")[0].partition("amazonaws.com/")[2]
    bucket, _, key = bucket_and_key.partition("/")
    pdf: bytes = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return pdf


def test_the_receipt_says_what_the_bill_said(street: Street, paid: Json) -> None:
    (link,) = receipts(street, paid)
    assert (link["title"], link["sum"]) == ("Чек оплаты", "1540.00")
    read = read_receipt(file_behind(street, link["url"].rpartition("/")[2]))
    text = " ".join(read.text.split())
    assert "&s=1540.00&" in read.qr
    assert "1 540,00" in text
    assert all(item["name"] in text for item in bill()["items"])


def test_a_stranger_sees_neither_order_nor_receipts(street: Street, paid: Json) -> None:
    code, found = street.guest(
        "orderhistory_order", HISTORY, {"order_id": paid["id"]}, user="guest-2"
    )
    assert (code, found["code"]) == (404, "order_not_found")


def test_the_till_may_say_closed_again_and_nothing_moves(street: Street, paid: Json) -> None:
    before = street.books()
    assert street.set_status(paid["id"], "CLOSED") == (200, {"id": paid["id"], "status": "CLOSED"})
    assert street.books() == before


def test_a_late_news_of_the_invoice_changes_nothing(street: Street, paid: Json) -> None:
    fact = {"event_id": "late", "invoice_id": f"{paid['id']}-1", "version": 1}
    street.town.tell("qr_orders_transactions_callback", fact)
    street.town.settle(rounds=2)
    assert street.status(paid["id"]) == "CLOSED"
    assert len(receipts(street, paid)) == 1


def test_nothing_is_left_to_do(street: Street, paid: Json) -> None:
    assert paid["id"] not in str(street.town.rows("qr_orders-tasks"))
