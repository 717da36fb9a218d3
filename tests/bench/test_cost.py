"""The page of costs: in step with the counted units, and within what PERFORMANCE allows."""

from decimal import Decimal

import pytest

from bench import cost
from bench.units import Row, kept

_STEP: Row = {"gateway": 1, "invocations": 2, "reads": "1.5", "writes": 4, "sends": 1}


def test_the_page_is_what_the_units_cost() -> None:
    """`make documents` writes it anew."""
    assert cost.text() == cost.PAGE.read_text(encoding="utf-8")


def test_an_order_costs_at_most_its_share_of_a_naive_build() -> None:
    assert cost.ratio(kept()) <= cost.TARGET


@pytest.mark.parametrize(
    ("part", "more", "dollars_a_million"),
    [
        ("tables", {"reads": "2.5"}, "0.125"),
        ("tables", {"writes": 5}, "0.625"),
        ("queues", {"sends": 2}, "1.20"),
    ],
)
def test_a_unit_more_is_paid_as_aws_asks(part: str, more: Row, dollars_a_million: str) -> None:
    before, after = cost.step(_STEP), cost.step(_STEP | more)

    assert (getattr(after, part) - getattr(before, part)) * 1_000_000 == Decimal(dollars_a_million)
    assert after.all - before.all == getattr(after, part) - getattr(before, part)


def test_a_poll_s_authorizer_is_the_gateway_s_to_remember() -> None:
    """It is two of the counted reads and one of the three invocations."""
    row = kept()[cost.ORDER]["poll within 30 s"]

    assert cost.poll(row).tables < cost.step(row).tables
    assert cost.poll(row).functions < cost.step(row).functions
