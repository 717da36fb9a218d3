"""Wire models of qr_partners. Sums and shares are decimal strings, moments ISO 8601 in UTC."""

from typing import Literal, Self

from pydantic import Field

from qr_partners.model import Grant, Restaurant
from shared.clock import to_iso
from shared.wire import Answer, Wire


class GetAuthorize(Wire):
    api_key: str = Field(repr=False)


class GetPartner(Wire):
    partner_id: str = Field(min_length=1, max_length=64)
    fields: Literal["public", "full"] = "public"


class Cashback(Answer):
    rate: str
    max: str

    @classmethod
    def of(cls, restaurant: Restaurant) -> Self:
        cashback = restaurant.terms.cashback
        return cls(rate=format(cashback.rate, "f"), max=str(cashback.max))


class Settings(Answer):
    order_ttl_min: int
    activity_timeout_sec: int
    on_expire_held: str

    @classmethod
    def of(cls, restaurant: Restaurant) -> Self:
        settings = restaurant.terms.settings
        return cls(
            order_ttl_min=settings.order_ttl_min,
            activity_timeout_sec=settings.activity_timeout_sec,
            on_expire_held=settings.on_expire_held,
        )


class Snapshot(Answer):
    """A restaurant as an order remembers it (decision 3), with what the open API decides on."""

    partner_id: str
    external_id: str
    name: str
    enabled: bool
    currency: str
    pos_system: str
    legal_name: str
    inn: str
    address: str
    place_id: str
    city: str
    timezone: str
    commission_rate: str
    cashback: Cashback
    settings: Settings

    @classmethod
    def of(cls, restaurant: Restaurant) -> Self:
        profile, terms = restaurant.partner.profile, restaurant.terms
        return cls(
            partner_id=restaurant.partner.partner_id,
            external_id=profile.external_id,
            name=profile.name,
            enabled=restaurant.enabled,
            currency=terms.currency,
            pos_system=profile.pos_system,
            legal_name=terms.legal_name,
            inn=terms.inn,
            address=profile.address.line,
            place_id=profile.place_id,
            city=profile.address.city,
            timezone=profile.timezone,
            commission_rate=format(terms.commission_rate, "f"),
            cashback=Cashback.of(restaurant),
            settings=Settings.of(restaurant),
        )


class Authorized(Answer):
    """Whose a key is (decision 12). No digest, no prefix of the key."""

    key_id: str
    group_id: str
    partner_ids: list[str]
    partners: list[Snapshot]

    @classmethod
    def of(cls, grant: Grant, restaurants: list[Restaurant]) -> Self:
        return cls(
            key_id=grant.key_id,
            group_id=grant.group.group_id,
            partner_ids=list(grant.partner_ids),
            partners=[Snapshot.of(restaurant) for restaurant in restaurants],
        )


class PublicPartner(Answer):
    """What any guest may know of a restaurant."""

    partner_id: str
    name: str
    address: str
    city: str
    lat: float
    lon: float
    timezone: str
    currency: str
    cashback: Cashback
    logo_key: str | None
    schedule: dict[str, list[str]] | None
    enabled: bool

    @classmethod
    def of(cls, restaurant: Restaurant) -> Self:
        profile = restaurant.partner.profile
        schedule, (lat, lon) = profile.schedule, profile.point.degrees
        return cls(
            partner_id=restaurant.partner.partner_id,
            name=profile.name,
            address=profile.address.line,
            city=profile.address.city,
            lat=lat,
            lon=lon,
            timezone=profile.timezone,
            currency=restaurant.terms.currency,
            cashback=Cashback.of(restaurant),
            logo_key=profile.logo_key,
            schedule=schedule and {day: list(spans) for day, spans in schedule.days.items()},
            enabled=restaurant.enabled,
        )


class Contacts(Answer):
    email: str | None
    phone: str | None


class FullPartner(PublicPartner):
    """For internal callers. Keys are not here: they are listed by their own admin endpoint."""

    group_id: str
    external_id: str
    legal_name: str
    inn: str
    kpp: str | None
    mcc: str | None
    vat_mode: str | None
    fiscal_agent: str | None
    fiscal_place: str | None
    pos_system: str
    place_id: str
    region_id: str | None
    commission_rate: str
    settings: Settings
    contacts: Contacts
    tables: list[str]
    rev: int
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, restaurant: Restaurant) -> Self:
        partner, terms = restaurant.partner, restaurant.terms
        profile, contacts = partner.profile, partner.profile.contacts
        return cls(
            **PublicPartner.of(restaurant).model_dump(),
            group_id=partner.group_id,
            external_id=profile.external_id,
            legal_name=terms.legal_name,
            inn=terms.inn,
            kpp=terms.kpp,
            mcc=terms.mcc,
            vat_mode=terms.vat_mode,
            fiscal_agent=terms.fiscal_agent,
            fiscal_place=profile.fiscal_place,
            pos_system=profile.pos_system,
            place_id=profile.place_id,
            region_id=profile.region_id,
            commission_rate=format(terms.commission_rate, "f"),
            settings=Settings.of(restaurant),
            contacts=Contacts(email=contacts.email, phone=contacts.phone),
            tables=list(profile.tables),
            rev=partner.rev,
            created_at=to_iso(partner.created_at),
            updated_at=to_iso(partner.updated_at),
        )
