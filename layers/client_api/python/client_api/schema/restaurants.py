"""Restaurants on a map and one on its page: qr-pay (QA-03, QA-04)."""

from typing import Annotated, Self

from pydantic import Field

from client_api.model.restaurants import Card, Page, Position, Restaurant
from client_api.schema.wire import Id
from shared.wire import Answer, Wire


class PositionInput(Wire):
    """Degrees."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class RestaurantsRequest(Wire):
    position: PositionInput
    radius_m: Annotated[int, Field(ge=1, le=20_000)] = 3000
    limit: Annotated[int, Field(ge=1, le=100)] = 20

    def where(self) -> Position:
        return Position(self.position.lat, self.position.lon)


class RestaurantRequest(Wire):
    partner_id: Id


class CashbackView(Answer):
    """`badge` is what a card shows, `max` what one order brings back at most."""

    badge: str
    max: str
    currency: str

    @classmethod
    def of(cls, restaurant: Restaurant) -> Self | None:
        if restaurant.badge is None:
            return None
        top, currency = restaurant.cashback_max, restaurant.currency
        return cls(badge=restaurant.badge, max=top, currency=currency)


class CardView(Answer):
    partner_id: str
    name: str
    address: str
    lat: float
    lon: float
    logo_key: str | None
    cashback: CashbackView | None
    distance_m: int
    open: bool

    @classmethod
    def of(cls, card: Card) -> Self:
        return cls(**_common(card.restaurant), distance_m=card.distance_m, open=card.open)


class RestaurantsView(Answer):
    """Nearest first."""

    restaurants: list[CardView]

    @classmethod
    def of(cls, cards: list[Card]) -> Self:
        return cls(restaurants=[CardView.of(card) for card in cards])


class RestaurantView(Answer):
    partner_id: str
    name: str
    address: str
    lat: float
    lon: float
    logo_key: str | None
    cashback: CashbackView | None
    timezone: str
    schedule: dict[str, list[str]] | None

    @classmethod
    def of(cls, page: Page) -> Self:
        hours = None if page.schedule is None else dict(page.schedule)
        return cls(**_common(page.restaurant), timezone=page.timezone, schedule=hours)


def _common(restaurant: Restaurant) -> dict[str, object]:
    return {
        "partner_id": restaurant.partner_id,
        "name": restaurant.name,
        "address": restaurant.address,
        "lat": restaurant.lat,
        "lon": restaurant.lon,
        "logo_key": restaurant.logo_key,
        "cashback": CashbackView.of(restaurant),
    }
