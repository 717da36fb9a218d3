"""Wire models of admin/create (QP-04): a restaurant, its group, and the group's first key."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from qr_partners import model
from qr_partners.model import Environment
from qr_partners.model.changes import NewRestaurant
from qr_partners.model.hours import Schedule
from qr_partners.schema import FullPartner
from qr_partners.schema.authored import Authored, Code, Currency, Id, Inn, Name, Share
from qr_partners.schema.keys import Key
from qr_partners.use_cases.admin import Created
from shared.errors import Refused
from shared.money import BadAmount, Money
from shared.wire import Answer, Wire


class Cashback(Wire):
    rate: Share
    max: str

    def to_model(self, currency: str) -> model.Cashback:
        """Raises Refused bad_terms."""
        try:
            return model.Cashback(Decimal(self.rate), Money.parse(self.max, currency))
        except BadAmount:
            raise Refused("bad_terms", field="cashback.max") from None


class Settings(Wire):
    order_ttl_min: int
    activity_timeout_sec: int
    on_expire_held: Literal["cancel", "close", "alert_only"]

    def to_model(self) -> model.Settings:
        policy = model.OnExpireHeld(self.on_expire_held)
        return model.Settings(self.order_ttl_min, self.activity_timeout_sec, policy)


class _Details(Wire):
    """Terms that a group may lack."""

    kpp: Code | None = None
    mcc: Code | None = None
    vat_mode: Code | None = None
    fiscal_agent: Name | None = None


class Group(_Details):
    """A legal entity and what it agreed."""

    name: Name
    legal_name: Name
    inn: Inn
    currency: Currency
    commission_rate: Share
    cashback: Cashback
    settings: Settings

    def to_terms(self) -> model.Terms:
        return model.Terms(
            legal_name=self.legal_name,
            inn=self.inn,
            currency=self.currency,
            commission_rate=Decimal(self.commission_rate),
            cashback=self.cashback.to_model(self.currency),
            settings=self.settings.to_model(),
            kpp=self.kpp,
            mcc=self.mcc,
            vat_mode=self.vat_mode,
            fiscal_agent=self.fiscal_agent,
        )


class Overrides(_Details):
    """Terms of a restaurant's own. Its own cashback says its own currency too."""

    legal_name: Name | None = None
    inn: Inn | None = None
    currency: Currency | None = None
    commission_rate: Share | None = None
    cashback: Cashback | None = None
    settings: Settings | None = None

    @model_validator(mode="after")
    def _cashback_has_a_currency(self) -> Self:
        if self.cashback is not None and self.currency is None:
            raise ValueError("cashback without currency")
        return self

    def to_overrides(self) -> model.Overrides:
        cashback, rate = self.cashback, self.commission_rate
        return model.Overrides(
            legal_name=self.legal_name,
            inn=self.inn,
            currency=self.currency,
            commission_rate=None if rate is None else Decimal(rate),
            cashback=None if cashback is None else cashback.to_model(self.currency or ""),
            settings=None if self.settings is None else self.settings.to_model(),
            kpp=self.kpp,
            mcc=self.mcc,
            vat_mode=self.vat_mode,
            fiscal_agent=self.fiscal_agent,
        )


class Address(Wire):
    country: Name
    city: Name
    street: Name
    house: Name


class Contacts(Wire):
    email: Name | None = None
    phone: Name | None = None


def _hours(days: dict[str, list[str]]) -> dict[str, list[str]]:
    Schedule.parse(days)
    return days


def _once(tables: list[str]) -> list[str]:
    if len(set(tables)) < len(tables):
        raise ValueError("a table twice")
    return tables


# {"fri": ["10:00-02:00"], "2026-12-31": []}: see model.hours.
Days = Annotated[
    dict[str, Annotated[list[str], Field(max_length=5)]],
    Field(max_length=60),
    AfterValidator(_hours),
]


class Place(Wire):
    """A restaurant itself; `lat` and `lon` in degrees, `tables` those with a QR code."""

    name: Name
    address: Address
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    timezone: Code
    pos_system: Literal["iiko", "r_keeper", "other"]
    place_id: Id | None = None
    region_id: Id | None = None
    logo_key: Code | None = None
    fiscal_place: Name | None = None
    contacts: Contacts = Contacts()
    schedule: Days | None = None
    tables: Annotated[list[Id], Field(max_length=200), AfterValidator(_once)] = Field(
        default_factory=list
    )

    def to_profile(self, external_id: str) -> model.Profile:
        return model.Profile(
            external_id=external_id,
            name=self.name,
            address=model.Address(**self.address.model_dump()),
            point=model.Point(round(self.lat * 1_000_000), round(self.lon * 1_000_000)),
            timezone=self.timezone,
            pos_system=self.pos_system,
            place_id=self.place_id or "",
            region_id=self.region_id,
            logo_key=self.logo_key,
            fiscal_place=self.fiscal_place,
            contacts=model.Contacts(**self.contacts.model_dump()),
            schedule=None if self.schedule is None else Schedule.parse(self.schedule),
            tables=tuple(self.tables),
        )


class Partner(Place):
    external_id: Id
    overrides: Overrides = Overrides()


class Create(Authored):
    """Either a new `group` or the `group_id` of one; `environment` is of the new group's key."""

    group: Group | None = None
    group_id: Id | None = None
    partner: Partner
    environment: Literal["live", "test"] = "live"

    @model_validator(mode="after")
    def _one_group(self) -> Self:
        if (self.group is None) == (self.group_id is None):
            raise ValueError("group or group_id")
        return self

    def to_new_restaurant(self) -> NewRestaurant:
        group = self.group
        return NewRestaurant(
            profile=self.partner.to_profile(self.partner.external_id),
            overrides=self.partner.overrides.to_overrides(),
            environment=Environment(self.environment),
            group_id=self.group_id,
            group_name="" if group is None else group.name,
            terms=None if group is None else group.to_terms(),
        )


class PartnerCreated(Answer):
    created: bool
    partner: FullPartner
    key: Key | None = None
    api_key: str | None = Field(default=None, repr=False)

    @classmethod
    def of(cls, found: Created) -> Self:
        partner = FullPartner.of(found.restaurant)
        if found.issued is None:
            return cls(created=not found.repeated, partner=partner)
        text, key = found.issued
        return cls(created=True, partner=partner, key=Key.of(key), api_key=text.reveal())
