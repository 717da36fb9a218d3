"""Rows of qr_orders: what is read is what was written, and a write only follows what was read."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from qr_orders.model import Basket, Item, Order, Payment, PaymentMethod, Receipt
from qr_orders.model.invoice import Change
from qr_orders.store import OrderStore, from_row, to_row
from qr_orders.tables import OrderRow
from shared.money import Money
from shared.store import ConditionFailed, Transaction, commit
from tests.qr_orders.samples import NOW, ORDER, TOTAL, order, orders
from tests.qr_orders.support import Shop

ITEM = Item(
    item_id="1",
    name="Стейк «рибай» 🥩",
    quantity=Decimal("1.250"),
    unit="кг",
    price=Money(125600, "RUB"),
    discount=Money(0, "RUB"),
    total=Money(157000, "RUB"),
    vat="20",
)
PARTNER = {"name": "Демо", "cashback": {"rate": "0.05"}, "settings": {"order_ttl_min": 240}}
BASKET = Basket((ITEM,), PARTNER, "12", {"id": "w7", "name": "Анна"}, "30.00")


def write(add: Callable[[OrderStore, Transaction], None]) -> None:
    transaction = Transaction()
    add(OrderStore(), transaction)
    commit(transaction)


def item_bytes(row: dict[str, dict[str, Any]]) -> int:
    """An item's size as DynamoDB bills it; a number takes a byte two digits and one more."""
    size = 0
    for name, value in row.items():
        ((kind, text),) = value.items()
        size += len(name.encode())
        size += (len(text) + 1) // 2 + 1 if kind == "N" else len(text.encode())
    return size


@given(orders)
def test_order_is_read_as_it_was_written(written: Order) -> None:
    row = OrderRow()
    row.deserialize(to_row(written).serialize())

    assert from_row(row) == written


def test_order_row_stays_within_one_unit_of_writing(here: Shop) -> None:
    order_id = here.opened_in(
        Payment.HOLDING,
        method=PaymentMethod("card", "card-" + "x" * 32),
        payment_key="0f8fad5b-d9cb-469f-a165-70867728950e",
        redirect_url="https://bank.example/3ds/" + "x" * 120,
        failure_code="insufficient_funds",
    )

    size = item_bytes(to_row(here.order(order_id)).serialize())

    assert 500 < size < 1024


@pytest.mark.usefixtures("here")
def test_basket_is_read_as_it_was_written() -> None:
    write(lambda store, transaction: store.add_basket(transaction, ORDER, BASKET))

    assert OrderStore().basket(ORDER) == BASKET


@pytest.mark.usefixtures("here")
def test_bare_basket_is_read_as_it_was_written() -> None:
    bare = Basket((ITEM,), PARTNER)
    write(lambda store, transaction: store.add_basket(transaction, ORDER, bare))

    assert OrderStore().basket(ORDER) == bare


def change(version: int) -> Change:
    return Change(
        order_id=ORDER.order_id,
        invoice_id=f"{ORDER.order_id}-1",
        version=version,
        at=NOW,
        author="u1",
        reason="payment",
        items=(ITEM,),
        total=Money(TOTAL, "RUB"),
    )


def add_change(version: int) -> None:
    write(lambda store, transaction: store.add_change(transaction, change(version)))


@pytest.mark.usefixtures("here")
def test_changes_are_read_in_the_order_of_their_versions() -> None:
    for version in (10, 2, 1, 9):
        add_change(version)

    assert OrderStore().changes(ORDER.order_id) == [change(version) for version in (1, 2, 9, 10)]


@pytest.mark.usefixtures("here")
def test_version_of_an_invoice_is_written_once() -> None:
    add_change(1)

    with pytest.raises(ConditionFailed, match="change"):
        add_change(1)


RECEIPT = Receipt(ORDER.order_id, f"{ORDER.order_id}-1/1", "payment", Money(TOTAL, "RUB"), NOW)


@pytest.mark.usefixtures("here")
def test_receipt_is_stored_once() -> None:
    stored = replace(RECEIPT, state="stored", key="k.pdf", fiscal={"qr": "t=1"})
    write(lambda store, transaction: store.add_receipt(transaction, RECEIPT))
    write(lambda store, transaction: store.store_receipt(transaction, stored))

    with pytest.raises(ConditionFailed, match="receipt"):
        write(lambda store, transaction: store.store_receipt(transaction, RECEIPT))
    assert OrderStore().receipts(ORDER.order_id) == [stored]


@pytest.mark.usefixtures("here")
def test_receipt_that_nobody_requested_is_not_stored() -> None:
    with pytest.raises(ConditionFailed, match="receipt"):
        write(lambda store, transaction: store.store_receipt(transaction, RECEIPT))


@pytest.mark.usefixtures("here")
def test_name_is_claimed_once() -> None:
    write(lambda store, transaction: store.claim(transaction, "external", "p#A", "01A"))

    with pytest.raises(ConditionFailed, match="external"):
        write(lambda store, transaction: store.claim(transaction, "external", "p#A", "01B"))
    assert OrderStore().owner_of("external", "p#A") == "01A"
    assert OrderStore().owner_of("short_code", "p#A") is None


@pytest.mark.parametrize(
    "meanwhile",
    [{"rev": 2}, {"payment": Payment.CANCELLED}, {"total": Money(TOTAL - 1, "RUB")}],
    ids=["another revision", "another status", "a total below the hold"],
)
def test_move_of_an_order_that_changed_meanwhile_fails(
    here: Shop, meanwhile: dict[str, Any]
) -> None:
    before = order(Payment.HOLDING)
    write(lambda store, transaction: store.add(transaction, before, "created", "p_demo"))
    here.alter(before.order_id, **meanwhile)
    after = before.moved(NOW, Payment.HELD, held=TOTAL)

    with pytest.raises(ConditionFailed, match="order"):
        write(lambda store, transaction: store.move(transaction, before, after, "held", "engine"))

    assert here.journal(before.order_id) == ["created"]


def test_attribute_that_is_unset_leaves_the_row(here: Shop) -> None:
    before = order(Payment.HOLDING, redirect_url="https://bank/3ds")
    write(lambda store, transaction: store.add(transaction, before, "created", "p_demo"))
    after = before.moved(NOW, redirect_url="")

    write(lambda store, transaction: store.move(transaction, before, after, "moved", "engine"))

    assert OrderStore().find(before.order_id) == after
    assert "redirect_url" not in here.rows("orders")[0]


def test_every_revision_has_one_event(here: Shop) -> None:
    order_id = here.cleared()

    assert here.journal(order_id) == [
        *("created", "payment_started", "payment_holding", "payment_held", "partner_closed"),
        "payment_cleared",
    ]
    assert here.order(order_id).rev == 6
    last = max(here.rows("events"), key=lambda row: row["rev"])
    assert (last["payment_status"], last["partner_status"]) == ("cleared", "closed")
    assert (last["held"], last["cleared"], last["actor"]) == (TOTAL, TOTAL, "engine")


@pytest.mark.usefixtures("here")
def test_order_without_its_basket_is_an_error() -> None:
    with pytest.raises(LookupError):
        OrderStore().basket(ORDER)
