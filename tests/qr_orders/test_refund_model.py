"""What a refund takes from a bill, on any bill and in any order (M1, M3, O18)."""

from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qr_orders.model import Item
from qr_orders.model.refund import Portion, kept, part, returned, split
from shared.errors import Refused
from shared.money import Money


def rub(minor: int) -> Money:
    return Money(minor, "RUB")


def item(name: str, quantity: Decimal, price: int, discount: int = 0) -> Item:
    gross = rub(price).times(quantity)
    off = min(discount, gross.minor)
    return Item(name, name, quantity, "pcs", rub(price), rub(off), gross - rub(off), "20")


def total(items: tuple[Item, ...]) -> int:
    return sum(each.total.minor for each in items)


@pytest.mark.parametrize(
    ("whole", "weights", "parts"),
    [
        (100, "1 2", [33, 67]),
        (100, "1 1 1", [34, 33, 33]),
        (5, "0.5 0.5", [3, 2]),
        (1, "1 999", [0, 1]),
        (7, "3 0", [7, 0]),
    ],
)
def test_largest_remainder_gets_the_rest(whole: int, weights: str, parts: list[int]) -> None:
    found = split(rub(whole), [Decimal(each) for each in weights.split()])

    assert [each.minor for each in found] == parts


@given(
    st.integers(0, 10**12),
    st.lists(st.decimals("0.001", 1000, places=3), min_size=1, max_size=8),
)
def test_parts_add_up_and_none_is_a_unit_off(whole: int, weights: list[Decimal]) -> None:
    parts = split(rub(whole), weights)

    assert sum(each.minor for each in parts) == whole
    for each, weight in zip(parts, weights, strict=True):
        assert abs(each.minor - whole * weight / sum(weights)) < 1


@pytest.mark.parametrize("discount", [0, 1, 50, 297])
def test_one_of_three_three_times_is_all_of_it(discount: int) -> None:
    items: tuple[Item, ...] = (item("a", Decimal(3), 100, discount),)
    whole, sums = total(items), []
    for _ in range(3):
        back = returned(items, [Portion("a", quantity="1")])
        sums.append(total(back))
        items = kept(items, back)
        if not items:
            break

    assert sum(sums) == whole
    assert max(sums) - min(sums) <= 1


def test_money_alone_leaves_the_quantity() -> None:
    items = (item("a", Decimal(2), 100),)

    back = returned(items, [Portion("a", amount="0.50")])

    assert not back[0].quantity
    assert (back[0].total, back[0].price) == (rub(50), rub(50))
    (left,) = kept(items, back)
    assert (left.quantity, left.total, left.discount) == (Decimal(2), rub(150), rub(50))


def test_all_the_money_of_a_line_takes_the_line() -> None:
    items = (item("a", Decimal(2), 100), item("b", Decimal(1), 100))

    back = returned(items, [Portion("a", amount="2.00")])

    assert back == items[:1]
    assert kept(items, back) == items[1:]


def test_line_can_not_give_more_than_it_has() -> None:
    items = (item("a", Decimal(2), 100),)
    more = part(items[0], Decimal(1), rub(201))

    with pytest.raises(Refused):
        kept(items, (more,))
    with pytest.raises(Refused):
        kept((), (items[0],))


QUANTITIES: Final = st.decimals("0.001", 20, places=3) | st.integers(1, 9).map(Decimal)
BASKETS: Final = st.lists(
    st.tuples(QUANTITIES, st.integers(0, 10**6), st.integers(0, 10**5)), min_size=1, max_size=5
)
SHARES: Final = st.fractions(0, 2, max_denominator=1000)
WISHES: Final = st.lists(
    st.lists(
        st.tuples(st.integers(0, 5), st.booleans(), SHARES),
        max_size=4,
        unique_by=lambda each: each[0],
    ),
    max_size=8,
)


@given(BASKETS, WISHES)
@settings(max_examples=150, deadline=None)
def test_refunds_in_any_order_are_exact_and_bounded(
    lines: list[tuple[Decimal, int, int]],
    wishes: list[list[tuple[int, bool, Fraction]]],
) -> None:
    """After each: kept and returned add up to the bill, line by line, in money and in quantity."""
    bill = tuple(item(str(n), *line) for n, line in enumerate(lines))
    left, gone = bill, list[Item]()
    for wish in wishes:
        portions = [portion(left, *each) for each in wish]
        try:
            back = returned(left, portions)
            left = kept(left, back)
        except Refused:
            continue
        gone += back
        assert total(back) > 0
        assert all(each.total.minor > 0 and each.quantity >= 0 for each in back)
        assert total(left) + total(tuple(gone)) == total(bill)
        for line in bill:
            check_line(line, left, gone)


def portion(left: tuple[Item, ...], number: int, by_quantity: bool, share: Fraction) -> Portion:
    """A wish for about that share of a line, from nothing to twice of it."""
    names = {each.item_id: each for each in left}
    name = str(number)
    if name not in names:
        return Portion(name, amount="1")
    if by_quantity:
        wanted = Decimal(int(Fraction(names[name].quantity) * 1000 * share))
        return Portion(name, quantity=str(wanted / 1000))
    return Portion(name, amount=str(rub(int(names[name].total.minor * share))))


def check_line(line: Item, left: tuple[Item, ...], gone: list[Item]) -> None:
    still = [each for each in left if each.item_id == line.item_id]
    back = [each for each in gone if each.item_id == line.item_id]
    money = sum(each.total.minor for each in [*still, *back])
    assert money == line.total.minor
    assert 0 <= sum(each.quantity for each in back) <= line.quantity
    if still:
        assert sum(each.quantity for each in [*still, *back]) == line.quantity


def test_share_below_a_kopeck_is_refused() -> None:
    items = (item("a", Decimal(3), 1, 2),)

    with pytest.raises(Refused, match="zero_amount"):
        returned(items, [Portion("a", quantity="1")])
