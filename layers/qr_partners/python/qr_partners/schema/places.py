"""Wire models of get-near and qr-objects (QP-03, QP-07, QP-14)."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import Field

from qr_partners.model import Point, places
from qr_partners.model.geo import Box
from qr_partners.model.places import Step
from qr_partners.schema import Cashback
from qr_partners.schema.authored import Id
from qr_partners.schema.keys import Moment
from shared.clock import from_ms, to_iso, to_ms
from shared.errors import InvalidRequest
from shared.wire import Answer, Wire

_MICRO: Final = 1_000_000
_DEGREES: Final = r"-?[0-9]{1,3}(?:\.[0-9]{1,12})?"
_CURSOR: Final = re.compile(r"([0-9]{1,15})\.([0-9]{15}#[A-Za-z0-9_]{1,64})", re.ASCII)


class Filters(Wire):
    """Those that are given must hold."""

    open: bool | None = None
    pos_online: bool | None = None
    group_id: Id | None = None


class GetNear(Wire):
    """`lat` and `lon` in degrees."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    radius_m: Annotated[int, Field(ge=1, le=20_000)] = 3000
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    filters: Filters = Filters()

    def to_near(self) -> places.Near:
        filters = self.filters
        return places.Near(
            point=Point(round(self.lat * _MICRO), round(self.lon * _MICRO)),
            radius_m=self.radius_m,
            limit=self.limit,
            open=filters.open,
            pos_online=filters.pos_online,
            group_id=filters.group_id,
        )


class NearPartner(Answer):
    partner_id: str
    name: str
    address: str
    lat: float
    lon: float
    distance_m: int
    open: bool
    pos_online: bool
    currency: str
    cashback: Cashback
    logo_key: str | None

    @classmethod
    def of(cls, found: places.Neighbour) -> Self:
        restaurant = found.place.restaurant
        profile = restaurant.partner.profile
        lat, lon = profile.point.degrees
        return cls(
            partner_id=restaurant.partner.partner_id,
            name=profile.name,
            address=profile.address.line,
            lat=lat,
            lon=lon,
            distance_m=round(found.distance_m),
            open=found.place.open,
            pos_online=found.place.pos_online,
            currency=restaurant.terms.currency,
            cashback=Cashback.of(restaurant),
            logo_key=profile.logo_key,
        )


class NearPartners(Answer):
    """Nearest first."""

    partners: list[NearPartner]

    @classmethod
    def of(cls, found: list[places.Neighbour]) -> Self:
        return cls(partners=[NearPartner.of(each) for each in found])


class ListObjects(Wire):
    """Either what is inside `bbox`, "west,south,east,north" in degrees, west above east across the
    180th meridian; or what has changed since `updated_after`, everything without it.
    """

    bbox: Annotated[str, Field(pattern=rf"^{_DEGREES}(,{_DEGREES}){{3}}$")] | None = None
    updated_after: Moment | None = None
    cursor: Annotated[str, Field(max_length=100)] | None = None

    def to_box(self) -> Box | None:
        """Raises InvalidRequest bbox_invalid."""
        if self.bbox is None:
            return None
        if self.updated_after is not None:
            raise InvalidRequest("bbox_invalid", "bbox or updated_after")
        numbers = [int(Decimal(text) * _MICRO) for text in self.bbox.split(",")]
        west, south, east, north = numbers
        whole = all(abs(lon) <= 180 * _MICRO for lon in (west, east))
        if not whole or not -90 * _MICRO <= south <= north <= 90 * _MICRO:
            raise InvalidRequest("bbox_invalid")
        return Box(west, south, east, north)

    def since(self) -> datetime | None:
        return None if self.updated_after is None else datetime.fromisoformat(self.updated_after)

    def step(self) -> Step | None:
        """Where a walk goes on. Raises InvalidRequest cursor_invalid."""
        if self.cursor is None:
            return None
        match = _CURSOR.fullmatch(self.cursor)
        if match is None:
            raise InvalidRequest("cursor_invalid")
        return Step(from_ms(int(match[1])), match[2])


class MapObject(Answer):
    """B.11, with `qr_ids` and `open` (decision 17); `deleted` is to be taken off the map."""

    id: str
    partner_id: str
    qr_ids: list[str]
    lat: float
    lon: float
    title: str
    address: str
    category: str
    open: bool
    pos_online: bool
    deleted: bool
    updated_at: str

    @classmethod
    def of(cls, place: places.Place) -> Self:
        partner = place.restaurant.partner
        lat, lon = partner.profile.point.degrees
        return cls(
            id=partner.partner_id,
            partner_id=partner.partner_id,
            qr_ids=list(partner.qr_ids),
            lat=lat,
            lon=lon,
            title=partner.profile.name,
            address=partner.profile.address.line,
            category="restaurant",
            open=place.open,
            pos_online=place.pos_online,
            deleted=not place.restaurant.enabled,
            updated_at=to_iso(partner.updated_at),
        )


class MapObjects(Answer):
    """`next_cursor` is there when there is more. At the end of a walk through changes `synced_to`
    is the `updated_after` of the next one: some changes come twice, none is missed.
    """

    objects: list[MapObject]
    next_cursor: str | None
    synced_to: str | None = None

    @classmethod
    def inside(cls, found: list[places.Place], more: str | None) -> Self:
        return cls(objects=[MapObject.of(place) for place in found], next_cursor=more)

    @classmethod
    def changed(cls, found: list[places.Place], more: Step | None, synced_to: datetime) -> Self:
        return cls(
            objects=[MapObject.of(place) for place in found],
            next_cursor=None if more is None else f"{to_ms(more.began)}.{more.mark}",
            synced_to=to_iso(synced_to) if more is None else None,
        )
