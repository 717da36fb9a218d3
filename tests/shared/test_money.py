"""shared.money: exact amounts; text that is not one amount exactly is refused (AR-15, R16)."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import EXPONENTS, BadAmount, Money, parse_quantity

CURRENCIES: Final = st.sampled_from(sorted(EXPONENTS))
MINORS: Final = st.integers(0, 10**14 - 1)
QUANTITIES: Final = st.decimals("0.001", "999999", places=3)


@given(MINORS, CURRENCIES)
def test_amount_survives_its_wire_form(minor: int, currency: str) -> None:
    amount = Money(minor, currency)

    assert Money.parse(str(amount), currency) == amount


@pytest.mark.parametrize(
    ("text", "minor"), [("0", 0), ("1570", 157000), ("1570.5", 157050), ("0.07", 7), ("1.00", 100)]
)
def test_short_forms_are_read(text: str, minor: int) -> None:
    assert Money.parse(text, "RUB").minor == minor


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "1.", ".5", "-1", "+1", "-0", "1e3", "1E3", "0x10", "1_000", "1,5", "1 000"),
        *(" 1", "1 ", "1\n", "\t1", "01", "00", "00.10", "1.000", "0.001", "1.2.3", "NaN", "inf"),
        *("١٢", "1.٢", "１", "1٫5", "10 RUB", "1" * 13, "½", "1\x00", "1\u200b", "−1"),
    ],
)
def test_text_that_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        Money.parse(text, "RUB")


@given(st.text(max_size=8))
def test_whatever_is_read_is_unsigned_and_exact(text: str) -> None:
    try:
        amount = Money.parse(text, "RUB")
    except BadAmount:
        return
    assert Fraction(amount.minor, 100) == Fraction(text)
    assert text.isascii()
    assert amount.minor >= 0


@pytest.mark.parametrize("currency", ["", "rub", "XXX", "RUBL"])
def test_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(BadAmount, match="currency"):
        Money.parse("1", currency)


@pytest.mark.parametrize(
    ("minor", "quantity", "product"),
    [(1, "0.5", 1), (1, "0.499", 0), (3, "0.5", 2), (5, "0.5", 3), (1999, "0.333", 666)],
)
def test_price_times_quantity_rounds_half_up(minor: int, quantity: str, product: int) -> None:
    assert Money(minor, "RUB").times(Decimal(quantity)) == Money(product, "RUB")


@given(MINORS, QUANTITIES)
def test_price_times_quantity_is_never_further_off_than_half(minor: int, quantity: Decimal) -> None:
    product = Money(minor, "KZT").times(quantity)

    error = product.minor - Fraction(minor) * Fraction(quantity)
    assert Fraction(-1, 2) < error <= Fraction(1, 2)


@given(st.lists(MINORS, max_size=5))
def test_total_is_the_sum_of_its_parts(minors: list[int]) -> None:
    total = Money.total((Money(minor, "RUB") for minor in minors), "RUB")

    assert total == Money(sum(minors), "RUB")


@given(MINORS, MINORS)
def test_what_is_added_can_be_taken_away(left: int, right: int) -> None:
    first, second = Money(left, "RUB"), Money(right, "RUB")

    assert first + second - second == first


def test_shortfall_is_shown_with_its_sign_and_never_read() -> None:
    shortfall = Money(5, "RUB") - Money(12, "RUB")

    assert str(shortfall) == "-0.07"
    with pytest.raises(BadAmount):
        Money.parse(str(shortfall), "RUB")


@pytest.mark.parametrize(
    "mix",
    [
        lambda roubles, tenge: roubles + tenge,
        lambda roubles, tenge: roubles - tenge,
        lambda roubles, tenge: Money.total([roubles, tenge], "RUB"),
    ],
)
def test_currencies_do_not_mix(mix: Callable[[Money, Money], Money]) -> None:
    with pytest.raises(BadAmount, match="RUB with KZT"):
        mix(Money(1, "RUB"), Money(1, "KZT"))


def test_equal_numbers_of_two_currencies_differ() -> None:
    assert Money(1, "RUB") != Money(1, "KZT")


@given(QUANTITIES)
def test_quantity_survives_its_wire_form(quantity: Decimal) -> None:
    assert parse_quantity(str(quantity)) == quantity


@pytest.mark.parametrize(
    "text", ["0", "0.000", "-1", "+1", "1.0000", "01", "1e2", "", "1.", ".5", "٣", "1000000", "1 "]
)
def test_text_that_is_not_a_quantity_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        parse_quantity(text)


@given(MINORS, QUANTITIES)
def test_product_agrees_with_decimal_arithmetic(minor: int, quantity: Decimal) -> None:
    cents = (Decimal(minor) / 100 * quantity).quantize(Decimal("0.01"), ROUND_HALF_UP)

    assert str(Money(minor, "EUR").times(quantity)) == str(cents)
