"""An order to start from, and any order there could be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from qr_orders.model import Order, Partner, Payment, PaymentMethod
from qr_orders.model.invoice import Invoice
from shared.money import EXPONENTS, Money

NOW: Final = datetime(2026, 1, 2, 10, tzinfo=UTC)
TOTAL: Final = 157000
ORDER: Final = Order(
    order_id="01JCZ4W8K2R7T9V3M5N6P8Q0S1",
    partner_id="p_demo",
    group_id="g_demo",
    external_order_id="A-1021",
    short_code="K7Q4M9XY",
    pos_system="iiko",
    version=1,
    digest="d" * 64,
    total=Money(TOTAL, "RUB"),
    created_at=NOW,
    updated_at=NOW,
    expires_at=NOW + timedelta(hours=4),
)


def order(payment: Payment, **changes: Any) -> Order:
    """The sample order in its first payment, as far as `payment`."""
    paying: dict[str, Any] = {"attempt": 1, "invoice_version": 1, "user_id": "u1"}
    return replace(ORDER, payment=payment, **(paying | changes))


def invoice(status: str, **changes: Any) -> Invoice:
    """The invoice of the sample order's first attempt, with all its money where it should be."""
    cleared = TOTAL if status == "cleared" else 0
    held = TOTAL if status in ("held", "clearing", "cleared") else 0
    found = Invoice(f"{ORDER.order_id}-1", 1, status, held, cleared, 0)
    return replace(found, **changes)


moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
ids = st.text("ABCXYZabcxyz019._:-", min_size=1, max_size=64)
texts = st.text(min_size=1, max_size=64)
counts = st.integers(0, 10**14)
orders = st.builds(
    Order,
    **{name: ids for name in ("order_id", "partner_id", "group_id", "external_order_id")},
    **{name: ids for name in ("short_code", "digest")},
    **{name: moments for name in ("created_at", "updated_at", "expires_at")},
    **{name: counts for name in ("version", "rev", "attempt", "invoice_version")},
    **{name: counts for name in ("held", "cleared", "refunded")},
    **{name: st.just("") | texts for name in ("user_id", "payment_key", "failure_code")},
    pos_system=texts,
    redirect_url=st.just("") | texts,
    activity_timeout_s=st.integers(0, 86_400),
    last_polled_at=st.none() | moments,
    total=st.builds(Money, counts, st.sampled_from(sorted(EXPONENTS))),
    payment=st.sampled_from(Payment),
    partner=st.sampled_from(Partner),
    method=st.none() | st.builds(PaymentMethod, texts, texts),
)
