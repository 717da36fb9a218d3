"""Exact money: an integer of minor units and a currency (AR-15, R16). Floats never enter."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Self

# ISO 4217 minor unit digits of the currencies the connected countries use.
EXPONENTS: Final = {
    currency: 2
    for currency in (
        *("RUB", "KZT", "UZS", "AMD", "GEL", "KGS", "MDL", "UAH"),
        *("NGN", "GHS", "ZAR", "KES", "BYN", "AZN", "USD", "EUR"),
    )
}
_TEXT = re.compile(r"(0|[1-9][0-9]{0,11})(?:\.([0-9]+))?", re.ASCII)
_QUANTITY = re.compile(r"(0|[1-9][0-9]{0,5})(?:\.[0-9]{1,3})?", re.ASCII)


class BadAmount(ValueError):
    """Text that is not an exact, unsigned amount of its currency."""


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of `currency`: Money(157000, "RUB") is 1570.00 roubles."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """Reads "1570", "1570.5" or "1570.00". Raises BadAmount on anything else."""
        exponent = EXPONENTS.get(currency)
        match = _TEXT.fullmatch(text)
        if exponent is None:
            raise BadAmount("unknown currency")
        if match is None or len(match[2] or "") > exponent:
            raise BadAmount("not an amount")
        return cls(int(match[1] + (match[2] or "").ljust(exponent, "0")), currency)

    @classmethod
    def total(cls, parts: Iterable["Money"], currency: str) -> Self:
        return cls(sum(cls(0, currency)._same(part) for part in parts), currency)

    def times(self, quantity: Decimal) -> "Money":
        """Price × quantity, rounded half up to the minor unit (decision 4)."""
        exact = Decimal(self.minor) * quantity
        return Money(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise BadAmount(f"{self.currency} with {other.currency}")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __str__(self) -> str:
        """The wire form: always the currency's full number of decimals, "1570.00"."""
        exponent = EXPONENTS[self.currency]
        sign, digits = "-" if self.minor < 0 else "", str(abs(self.minor)).rjust(exponent + 1, "0")
        return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"


def parse_quantity(text: str) -> Decimal:
    """A quantity above zero with at most 3 decimals (decision 4). Raises BadAmount."""
    if _QUANTITY.fullmatch(text) is None or not Decimal(text):
        raise BadAmount("not a quantity")
    return Decimal(text)
