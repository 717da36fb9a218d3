"""Seeded bugs of refunds, and the small proofs that catch them (appendix C 3-7, 36, 38)."""

from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

import pytest

from qr_orders import store as order_store
from qr_orders.model import Order, Payment
from qr_orders.model import refund as model
from qr_orders.model.invoice import PAYMENT_VERSION, Change
from qr_orders.store import OrderStore
from qr_orders.tables import OrderRow
from qr_orders.use_cases.refunds import Refunds
from shared.errors import Refused
from shared.money import Money
from tests.proofs import acts, states
from tests.proofs.invariants import check_books, ledger
from tests.support.orders import TOTAL_MINOR, refund
from tests.support.town import Town


def no_bound(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(order_store, "_bounds", lambda *_: ())


def total_instead_of_cleared(patch: pytest.MonkeyPatch) -> None:
    """What was not cleared yet is refunded as if it were."""
    begin = Refunds._begin

    def by_total(self: Refunds, order: Order, wish: model.Wish) -> Change:
        paid = replace(order, payment=Payment.CLEARED, cleared=order.total.minor)
        return begin(self, paid, wish)

    patch.setattr(Refunds, "_begin", by_total)


def less_instead_of_at_most(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        order_store,
        "_bounds",
        lambda _before, after, _at: (OrderRow.cleared > after.refunded + after.refunding,),
    )


def nothing_accepted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(model, "_line", model._of_money)


def minus_accepted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Money, "parse", classmethod(_any_amount))


def _any_amount(cls: type[Money], text: str, currency: str) -> Money:
    return cls(int(Decimal(text) * 100), currency)


def first_version_again(patch: pytest.MonkeyPatch) -> None:
    """Each refund starts from the bill and not from what the one before has left."""
    make, change = Refunds._change, OrderStore.change

    def stale(self: Refunds, *wish: Any) -> Change:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(
                OrderStore,
                "change",
                lambda of, order_id, invoice_id, _: change(
                    of, order_id, invoice_id, PAYMENT_VERSION
                ),
            )
            return make(self, *wish)

    patch.setattr(Refunds, "_change", stale)


def rounded_one_by_one(patch: pytest.MonkeyPatch) -> None:
    """A part is price by quantity, rounded up, whatever the others are."""

    def split(total: Money, weights: list[Decimal]) -> list[Money]:
        shares = [total.minor * weight / sum(weights) for weight in weights]
        return [
            Money(int(share.to_integral_value(ROUND_CEILING)), total.currency) for share in shares
        ]

    patch.setattr(model, "split", split)


_BOTH_SOUPS: Final = [{"id": "1", "quantity": "2"}]


def not_before_the_clear(place: Town) -> None:
    order_id = states.clearing(place)
    assert acts.refunding(place, order_id)[0] != 202


def everything_goes_back(place: Town) -> None:
    order_id = states.paid(place)
    assert refund(place, order_id, "all", 1, full=True)[0] == 202
    place.settle(rounds=3)
    assert ledger(place, f"{order_id}-1")["refunded"] == TOTAL_MINOR
    check_books(place, order_id)


def nothing_is_refused(place: Town) -> None:
    order_id = states.paid(place)
    status, body = refund(place, order_id, "zero", 1, items=[{"id": "1", "amount": "0.00"}])
    assert (status, body.get("code")) == (422, "zero_amount")


def minus_is_refused(place: Town) -> None:
    """Behind the pattern of the wire too."""
    bill = OrderStore().change(order_id := states.held(place), f"{order_id}-1", PAYMENT_VERSION)
    try:
        found = model.returned(bill.items, [model.Portion("1", amount="-100.00")])
    except Refused:
        return
    raise AssertionError(found)


def gone_is_gone(place: Town) -> None:
    order_id = states.paid(place)
    assert acts.refunding(place, order_id)[0] == 202
    place.settle(rounds=3)
    status, body = refund(place, order_id, "b", 2, items=_BOTH_SOUPS)
    assert (status, body.get("code")) == (422, "over_refund")


def portion_by_portion(place: Town) -> None:
    """A third of a soup at a time: the last one is what is left."""
    order_id = states.paid(place)
    for number in range(1, 4):
        quantity = "0.667" if number < 3 else "0.666"
        third = [{"id": "1", "quantity": quantity}]
        assert refund(place, order_id, f"third-{number}", number, items=third)[0] == 202
        place.settle(rounds=3)
    assert ledger(place, f"{order_id}-1")["refunded"] == 80000
    check_books(place, order_id)
