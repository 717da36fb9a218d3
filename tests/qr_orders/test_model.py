"""The two status axes and what an invoice makes of an order (A.2.3, R7, X1, X3)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qr_orders.model import Order, Partner, Payment, document_id, parse_document_id, receipt_key
from qr_orders.model.invoice import applied
from shared.errors import Conflict
from tests.qr_orders.samples import NOW, ORDER, TOTAL, invoice, order

LATER: Final = NOW + timedelta(seconds=5)
PAYMENT_EDGES: Final = {
    "new": "init cancelled expired",
    "init": "holding held hold_failed cancelling",
    "holding": "held hold_failed cancelling",
    "hold_failed": "init cancelled expired",
    "held": "clearing cancelling",
    "clearing": "cleared clear_failed",
    "clear_failed": "clearing",
    "cleared": "refunding",
    "cancelling": "cancelled",
    "refunding": "refunded partially_refunded refund_failed",
    "partially_refunded": "refunding",
    "refund_failed": "refunding",
    "cancelled": "",
    "refunded": "",
    "expired": "",
}
PARTNER_EDGES: Final = {
    "open": "confirmed closed cancelled expired",
    "confirmed": "closed cancelled expired",
    "closed": "",
    "cancelled": "",
    "expired": "",
}
# What the first invoice's status makes of an order's; everything else makes nothing.
APPLIED: Final = {
    ("holding", Payment.INIT): Payment.HOLDING,
    ("held", Payment.INIT): Payment.HELD,
    ("held", Payment.HOLDING): Payment.HELD,
    ("hold_failed", Payment.INIT): Payment.HOLD_FAILED,
    ("hold_failed", Payment.HOLDING): Payment.HOLD_FAILED,
    ("hold_failed", Payment.CANCELLING): Payment.CANCELLED,
    ("cancelled", Payment.CANCELLING): Payment.CANCELLED,
    ("cleared", Payment.CLEARING): Payment.CLEARED,
}
INVOICE_STATUSES: Final = (
    *("init", "holding", "held", "hold_failed", "clearing", "cleared", "cancelled"),
    *("refunding", "refunded", "a status of tomorrow"),
)
FINAL: Final = (Payment.CANCELLED, Payment.REFUNDED, Payment.EXPIRED)


@pytest.mark.parametrize("start", Payment)
@pytest.mark.parametrize("to", Payment)
def test_payment_moves_along_declared_edges_only(start: Payment, to: Payment) -> None:
    before = order(start)
    if to.value in PAYMENT_EDGES[start.value].split():
        assert before.moved(LATER, to).payment is to
    else:
        with pytest.raises(Conflict, match="invalid_transition"):
            before.moved(LATER, to)


@pytest.mark.parametrize("start", Partner)
@pytest.mark.parametrize("to", Partner)
def test_partner_moves_along_declared_edges_only(start: Partner, to: Partner) -> None:
    before = replace(ORDER, partner=start)
    if to.value in PARTNER_EDGES[start.value].split():
        assert before.moved(LATER, partner=to).partner is to
    else:
        with pytest.raises(Conflict, match="invalid_transition"):
            before.moved(LATER, partner=to)


def test_neither_axis_moves_when_one_may_not() -> None:
    with pytest.raises(Conflict):
        order(Payment.HELD).moved(LATER, Payment.CLEARING, Partner.OPEN)
    with pytest.raises(Conflict):
        order(Payment.HOLDING).moved(LATER, Payment.CLEARING, Partner.CLOSED)


def test_move_is_a_new_revision_of_now() -> None:
    after = order(Payment.NEW, rev=7).moved(LATER, failure_code="x")

    assert (after.rev, after.updated_at, after.failure_code) == (8, LATER, "x")


def test_refused_move_says_where_the_order_is() -> None:
    with pytest.raises(Conflict) as caught:
        order(Payment.CLEARED, partner=Partner.CLOSED, version=3).moved(LATER, Payment.INIT)

    status = {"payment": "cleared", "partner": "closed"}
    assert caught.value.details == {"status": status, "version": 3}


@pytest.mark.parametrize("payment", Payment)
@pytest.mark.parametrize("status", INVOICE_STATUSES)
def test_invoice_moves_the_order_along_its_edges_only(status: str, payment: Payment) -> None:
    held = TOTAL if payment is Payment.CLEARING else 0

    after = applied(order(payment, held=held), invoice(status), LATER)

    assert (after.payment if after else None) is APPLIED.get((status, payment))


@pytest.mark.parametrize("changes", [{"invoice_id": "01OTHER-1"}, {"version": 1}])
def test_invoice_of_another_payment_or_of_the_past_says_nothing(changes: dict[str, Any]) -> None:
    before = order(Payment.HOLDING, invoice_version=2)

    assert applied(before, invoice("held", version=2), LATER) is not None
    assert applied(before, replace(invoice("held", version=2), **changes), LATER) is None


def test_earlier_attempts_invoice_says_nothing() -> None:
    assert applied(order(Payment.HOLDING, attempt=2), invoice("hold_failed"), LATER) is None


@pytest.mark.parametrize("held", [0, TOTAL - 1, TOTAL + 1])
def test_hold_of_another_sum_is_not_applied(held: int) -> None:
    assert applied(order(Payment.HOLDING), invoice("held", held=held), LATER) is None


@pytest.mark.parametrize("cleared", [0, TOTAL - 1, TOTAL + 1])
def test_clear_of_another_sum_is_not_applied(cleared: int) -> None:
    before = order(Payment.CLEARING, held=TOTAL)

    assert applied(before, invoice("cleared", cleared=cleared), LATER) is None


def test_same_bank_page_is_no_news() -> None:
    before = order(Payment.HOLDING, redirect_url="https://bank/3ds")
    found = invoice("holding", redirect_url="https://bank/3ds")

    assert applied(before, found, LATER) is None
    moved = applied(before, replace(found, redirect_url="https://bank/other"), LATER)
    assert moved is not None
    assert moved.redirect_url == "https://bank/other"


invoices = st.builds(
    invoice,
    st.sampled_from(INVOICE_STATUSES),
    version=st.integers(0, 2),
    held=st.sampled_from([0, 1, TOTAL, TOTAL + 1]),
    cleared=st.sampled_from([0, 1, TOTAL, TOTAL + 1]),
)


@given(st.sampled_from(Payment), st.lists(invoices, max_size=20))
def test_invoices_in_any_order_never_leave_the_edges_nor_the_bounds(
    payment: Payment, seen: list[object]
) -> None:
    held = TOTAL if payment in (Payment.HELD, Payment.CLEARING) else 0
    before = order(payment, held=held)
    for found in seen:
        after = applied(before, found, LATER) or before  # type: ignore[arg-type]
        check_step(before, after)
        before = after


def check_step(before: Order, after: Order) -> None:
    if before.payment in FINAL:
        assert after is before
    if after is not before:
        assert after.rev == before.rev + 1
        stayed = after.payment is before.payment
        assert stayed or after.payment.value in PAYMENT_EDGES[before.payment.value].split()
    assert 0 <= after.cleared <= after.held <= TOTAL
    assert after.held in (0, TOTAL)


wishes = st.tuples(st.none() | st.sampled_from(Payment), st.none() | st.sampled_from(Partner))


@given(st.lists(wishes, max_size=60))
def test_walk_of_any_wishes_ends_in_statuses_that_absorb(walk: list[tuple[object, object]]) -> None:
    here = ORDER
    for payment, partner in walk:
        try:
            after = here.moved(LATER, payment, partner)  # type: ignore[arg-type]
        except Conflict:
            continue
        assert here.payment not in FINAL or after.payment is here.payment
        assert PARTNER_EDGES[here.partner.value] or after.partner is here.partner
        here = after


@pytest.mark.parametrize("payment", Payment)
@pytest.mark.parametrize(("late_ms", "over"), [(-1, False), (0, True), (1, True)])
def test_order_expires_by_the_clock_while_it_can_be_paid(
    payment: Payment, late_ms: int, over: bool
) -> None:
    moment = ORDER.expires_at + timedelta(milliseconds=late_ms)

    waits = payment in (Payment.NEW, Payment.HOLD_FAILED)
    recorded = payment is Payment.EXPIRED
    assert order(payment).is_expired(moment) is (recorded or (waits and over))


@given(st.text("0123456789ABCXYZ-", min_size=1), st.integers(1, 10**6))
def test_document_id_is_read_back(invoice_id: str, version: int) -> None:
    assert parse_document_id(document_id(invoice_id, version)) == (invoice_id, version)


def test_receipt_lies_under_its_order_and_document() -> None:
    assert receipt_key("01A", "01A-2/3") == "receipts/01A/01A-2-3.pdf"
