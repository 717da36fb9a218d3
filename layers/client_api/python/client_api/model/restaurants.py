"""Restaurants as a guest who looks for one sees them (QA-03, QA-04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Position:
    """Where the guest is, in degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Restaurant:
    """Public data. `cashback_max` is an amount of `currency`, of one order."""

    partner_id: str
    name: str
    address: str
    lat: float
    lon: float
    currency: str
    cashback_rate: Decimal
    cashback_max: str
    logo_key: str | None

    @property
    def badge(self) -> str | None:
        """ "5 %" on its card; none without cashback."""
        percent = (self.cashback_rate * 100).normalize()
        return f"{percent:f} %" if percent else None


@dataclass(frozen=True, slots=True)
class Card:
    restaurant: Restaurant
    distance_m: int
    open: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One restaurant with its opening hours; None is always open."""

    restaurant: Restaurant
    timezone: str
    schedule: Mapping[str, list[str]] | None
