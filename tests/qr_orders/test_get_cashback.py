"""GET /qr-orders/v1/get-cashback: on what a guest has paid and not got back (QO-07)."""

import pytest

from qr_orders.model import Payment
from qr_orders.model.cashback import Offer
from qr_orders.model.invoice import Change
from qr_orders.store import OrderStore
from shared.money import Money
from shared.store import Transaction, commit
from tests.qr_orders.support import TOTAL, Shop


def change(here: Shop, order_id: str, version: int, total: int) -> None:
    """A version of the order's invoice, whoever made it."""
    order, transaction = here.order(order_id), Transaction()
    added = Change(
        order_id=order_id,
        invoice_id=order.invoice_id,
        version=version,
        at=here.clock.now(),
        author="admin",
        reason="refund",
        items=(),
        total=Money(total, "RUB"),
    )
    OrderStore().add_change(transaction, added)
    commit(transaction)


def refunded(here: Shop) -> str:
    """An order of 1570.00 of which 570.00 have gone back."""
    payment = Payment.PARTIALLY_REFUNDED
    order_id = here.opened_in(payment, refunded=57000, invoice_version=2)
    change(here, order_id, 1, TOTAL)
    change(here, order_id, 2, 100000)
    return order_id


def test_paid_order_brings_its_share_in_whole_units(here: Shop) -> None:
    order_id = here.opened_in(Payment.CLEARED)

    assert here.get("get_cashback", order_id=order_id) == (
        200,
        {
            **{"order_id": order_id, "currency": "RUB", "base_amount": "1570.00"},
            "cashback": [{"source": "service", "rate": "0.05", "amount": "78.00"}],
            "payload": {"partner_id": "p_demo", "group_id": "g_demo", "city": "msk"},
        },
    )


def test_invoice_is_as_good_as_its_order(here: Shop) -> None:
    order_id = here.opened_in(Payment.CLEARED)

    found = here.get("get_cashback", invoice_id=f"{order_id}-1", version="1")

    assert found == here.get("get_cashback", order_id=order_id)


@pytest.mark.parametrize("payment", [Payment.NEW, Payment.HELD])
def test_order_that_is_not_cleared_brings_nothing(here: Shop, payment: Payment) -> None:
    order_id = here.opened_in(payment)

    status, body = here.get("get_cashback", order_id=order_id)

    assert (status, body["base_amount"], body["cashback"][0]["amount"]) == (200, "0.00", "0.00")


def test_refund_lowers_what_the_order_brings(here: Shop) -> None:
    _, body = here.get("get_cashback", order_id=refunded(here))

    assert (body["base_amount"], body["cashback"][0]["amount"]) == ("1000.00", "50.00")


@pytest.mark.parametrize(("version", "base"), [("1", "1570.00"), ("2", "1000.00")])
def test_version_tells_what_was_left_of_the_payment(here: Shop, version: str, base: str) -> None:
    _, body = here.get("get_cashback", order_id=refunded(here), version=version)

    assert body["base_amount"] == base


def test_refund_on_its_way_lowers_nothing_yet(here: Shop) -> None:
    order_id = here.opened_in(Payment.REFUNDING, invoice_version=2)
    change(here, order_id, 2, 100000)

    _, body = here.get("get_cashback", order_id=order_id, version="2")

    assert body["base_amount"] == "1570.00"


def test_unknown_order_invoice_and_version_are_not_found(here: Shop) -> None:
    order_id = here.opened_in(Payment.CLEARED)
    asked = (
        ({"order_id": "01NOWHERE"}, "order_not_found"),
        ({"invoice_id": f"{order_id}-2"}, "order_not_found"),
        ({"invoice_id": "not-ours"}, "order_not_found"),
        ({"invoice_id": "0"}, "order_not_found"),
        ({"order_id": order_id, "version": "2"}, "version_not_found"),
    )
    for query, code in asked:
        status, body = here.get("get_cashback", **query)
        assert (status, body["code"]) == (404, code)


@pytest.mark.parametrize(
    "query",
    [{}, {"order_id": "o", "invoice_id": "o-1"}, {"order_id": "o", "version": "0"}],
)
def test_question_that_is_not_one_is_malformed(here: Shop, query: dict[str, str]) -> None:
    assert here.get("get_cashback", **query)[0] == 400


@pytest.mark.parametrize(
    ("base", "rate", "top", "amount"),
    [
        *((157000, "0.05", 30000, 7800), (157000, "0.05", 5050, 5000), (0, "0.05", 30000, 0)),
        *((1999, "0.05", 30000, 0), (157000, "0", 30000, 0), (157000, "0.05", 0, 0)),
    ],
)
def test_offer_is_capped_and_then_floored(base: int, rate: str, top: int, amount: int) -> None:
    assert Offer(rate, Money(top, "RUB")).on(Money(base, "RUB")) == Money(amount, "RUB")
