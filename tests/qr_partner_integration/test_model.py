"""qr_partner_integration.model: the external vocabulary (A.2.3, decision 7, QI-07)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from qr_partner_integration.model import External, Status, next_poll_after_ms

# Written out from the specification, apart from the model's own tables.
PAYMENTS = (
    *("new", "init", "holding", "held", "clearing", "cleared", "hold_failed", "clear_failed"),
    *("cancelling", "cancelled", "refunding", "refunded", "partially_refunded", "refund_failed"),
    "expired",
)
PARTNERS = ("open", "confirmed", "closed", "cancelled", "expired")
MONEY_HERE = {"held", "clearing", "cleared", "clear_failed"}
NO_MONEY = {"new", "hold_failed", "expired", "cancelled", "init", "holding"}
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(("payment", "partner"), list(product(PAYMENTS, PARTNERS)))
def test_every_combination_has_one_external_status(payment: str, partner: str) -> None:
    status = Status(payment, partner)

    assert status.known
    assert isinstance(status.external, External)
    assert status.external is not External.NOT_FOUND
    if payment in NO_MONEY:
        assert status.external not in {External.PAID, External.CLOSED, External.REFUNDED}
    if payment in MONEY_HERE and partner in {"open", "confirmed"}:
        assert status.external is External.PAID


@pytest.mark.parametrize(
    ("payment", "partner", "external"),
    [
        ("new", "open", "NEW"),
        ("init", "open", "PAYMENT_IN_PROGRESS"),
        ("holding", "open", "PAYMENT_IN_PROGRESS"),
        ("held", "open", "PAID"),
        ("held", "confirmed", "PAID"),
        ("held", "closed", "CLOSED"),
        ("clearing", "closed", "CLOSED"),
        ("cleared", "closed", "CLOSED"),
        ("cleared", "open", "PAID"),
        ("clear_failed", "open", "PAID"),
        ("clear_failed", "closed", "CLOSED"),
        ("hold_failed", "open", "NEW"),
        ("held", "cancelled", "CANCELLED"),
        ("cancelling", "cancelled", "CANCELLED"),
        ("cancelled", "cancelled", "CANCELLED"),
        ("cancelling", "expired", "CANCELLED"),
        ("held", "expired", "CANCELLED"),
        ("refunded", "closed", "REFUNDED"),
        ("partially_refunded", "closed", "PARTIALLY_REFUNDED"),
        ("expired", "expired", "EXPIRED"),
        ("new", "expired", "EXPIRED"),
    ],
)
def test_the_map_says_what_the_specification_says(
    payment: str, partner: str, external: str
) -> None:
    assert Status(payment, partner).external == external


def test_a_failed_refund_looks_like_a_running_one() -> None:
    for partner in PARTNERS:
        running, failed = Status("refunding", partner), Status("refund_failed", partner)
        assert running.external == failed.external


def test_a_refund_never_takes_back_what_the_till_was_told() -> None:
    for end in ("refunded", "partially_refunded"):
        told = [Status(payment, "closed").external for payment in ("refunding", end)]
        assert told != [External.REFUNDED, External.PARTIALLY_REFUNDED]


@pytest.mark.parametrize("payment", ["new", "hold_failed"])
def test_an_unpaid_order_is_over_at_its_expiry(payment: str) -> None:
    status = Status(payment, "open")

    moments = (NOW - timedelta(milliseconds=1), NOW)

    assert [status.external_at(now, expires_at=NOW) for now in moments] == ["NEW", "EXPIRED"]


@pytest.mark.parametrize("payment", ["init", "holding", "held", "clearing", "cleared", "refunded"])
def test_an_order_with_money_on_its_way_never_expires_by_the_clock(payment: str) -> None:
    status = Status(payment, "open")
    assert status.external_at(NOW, expires_at=NOW - timedelta(days=1)) == status.external


def test_an_unknown_status_is_pending() -> None:
    status = Status("invented_tomorrow", "open")
    assert (status.known, status.external) == (False, External.PAYMENT_IN_PROGRESS)


@pytest.mark.parametrize(
    ("statuses", "pause_ms"),
    [
        (["NEW"], 3000),
        (["NEW", "PAYMENT_IN_PROGRESS", "CLOSED"], 1000),
        (["PAID"], 3000),
        (["PARTIALLY_REFUNDED"], 3000),
        (["CLOSED", "CANCELLED", "REFUNDED", "EXPIRED", "NOT_FOUND"], 10_000),
        (["CLOSED", "NEW"], 3000),
    ],
)
def test_the_next_poll_follows_what_may_still_change(statuses: list[str], pause_ms: int) -> None:
    assert next_poll_after_ms(map(External, statuses)) == pause_ms
