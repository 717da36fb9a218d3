"""Groups (legal entities), their restaurants and their API keys (A.3.2, QP-09, QP-10)."""

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from qr_partners.model.hours import Schedule
from shared.keys import StoredKey
from shared.money import Money

# A change of a group is one transaction with all its restaurants, and one has at most 100 writes.
# A longer chain opens another group.
GROUP_PARTNERS_MAX: Final = 98


class Environment(StrEnum):
    LIVE = "live"
    TEST = "test"

    @property
    def key_prefix(self) -> str:
        """What keys of this environment begin with (decision 12)."""
        return f"qrp_{self}"


class OnExpireHeld(StrEnum):
    """What becomes of money held for an order that expires (decision 8)."""

    CANCEL = "cancel"
    CLOSE = "close"
    ALERT_ONLY = "alert_only"


@dataclass(frozen=True, slots=True)
class Cashback:
    """`rate` is a share, 0.05 is 5 %; `max` bounds the cashback of one order."""

    rate: Decimal
    max: Money


@dataclass(frozen=True, slots=True)
class Settings:
    order_ttl_min: int
    activity_timeout_sec: int
    on_expire_held: OnExpireHeld


@dataclass(frozen=True, slots=True)
class Terms:
    """What a group agreed for its restaurants. `commission_rate` is a share, 0.03 is 3 %."""

    legal_name: str
    inn: str
    currency: str
    commission_rate: Decimal
    cashback: Cashback
    settings: Settings
    kpp: str | None = None
    mcc: str | None = None
    vat_mode: str | None = None
    fiscal_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Overrides:
    """The terms that a restaurant has of its own; None leaves the group's (QP-10)."""

    legal_name: str | None = None
    inn: str | None = None
    currency: str | None = None
    commission_rate: Decimal | None = None
    cashback: Cashback | None = None
    settings: Settings | None = None
    kpp: str | None = None
    mcc: str | None = None
    vat_mode: str | None = None
    fiscal_agent: str | None = None

    def over(self, terms: Terms) -> Terms:
        own: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(terms, **{name: value for name, value in own.items() if value is not None})


NO_OVERRIDES: Final = Overrides()


def normal(text: str) -> str:
    """Words without what people write differently: case, punctuation, ё and е."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("ё", "е")))


@dataclass(frozen=True, slots=True)
class Contacts:
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    country: str
    city: str
    street: str
    house: str

    @property
    def line(self) -> str:
        """The address on a receipt: "Москва, Тверская улица, 1"."""
        return ", ".join(part for part in (self.city, self.street, self.house) if part)

    @property
    def normal(self) -> str:
        """The same for two spellings of one address: case, spaces, punctuation, ё and е."""
        return normal(" ".join((self.country, self.city, self.street, self.house)))


@dataclass(frozen=True, slots=True)
class Point:
    """A place in whole microdegrees: Point(55_755_800, 37_617_300) is Moscow."""

    lat_microdeg: int
    lon_microdeg: int

    @property
    def degrees(self) -> tuple[float, float]:
        """Latitude and longitude."""
        return self.lat_microdeg / 1_000_000, self.lon_microdeg / 1_000_000


@dataclass(frozen=True, slots=True)
class Profile:
    """Plain data of a restaurant. `external_id` is the till's id, unique in the group.

    `tables` are those with a QR code of their own; without a `schedule` it is always open.
    """

    external_id: str
    name: str
    address: Address
    point: Point
    timezone: str
    pos_system: str
    place_id: str = ""
    region_id: str | None = None
    logo_key: str | None = None
    fiscal_place: str | None = None
    contacts: Contacts = Contacts()
    schedule: Schedule | None = None
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A legal entity: it owns the API keys and lists its restaurants (decision 12)."""

    group_id: str
    name: str
    terms: Terms
    created_at: datetime
    updated_at: datetime
    partner_ids: tuple[str, ...] = ()
    enabled: bool = True
    rev: int = 1


@dataclass(frozen=True, slots=True)
class Partner:
    """A restaurant of a group."""

    partner_id: str
    group_id: str
    profile: Profile
    overrides: Overrides
    created_at: datetime
    updated_at: datetime
    enabled: bool = True
    rev: int = 1

    @property
    def qr_ids(self) -> tuple[str, ...]:
        """Of the codes on its tables: unique, because its own id is."""
        return tuple(f"{self.partner_id}.{table}" for table in self.profile.tables)


@dataclass(frozen=True, slots=True)
class Restaurant:
    """A restaurant together with its group: the only view in which its terms are known."""

    partner: Partner
    group: Group

    @property
    def terms(self) -> Terms:
        return self.partner.overrides.over(self.group.terms)

    @property
    def enabled(self) -> bool:
        return self.partner.enabled and self.group.enabled

    @property
    def address_name(self) -> str:
        """The mark of a legal entity's one restaurant at an address."""
        return f"address#{self.terms.inn}#{self.partner.profile.address.normal}"

    def open_at(self, now: datetime) -> bool:
        """By its own clock (QP-14)."""
        profile = self.partner.profile
        if not self.enabled or profile.schedule is None:
            return self.enabled
        return profile.schedule.open_at(now.astimezone(ZoneInfo(profile.timezone)))


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An issued key. `partner_ids` narrows it to some restaurants; None is the whole group."""

    stored: StoredKey
    group_id: str
    environment: Environment
    created_at: datetime
    partner_ids: tuple[str, ...] | None = None
    revoked_at: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None

    def alive(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def covered(self, group: Group) -> tuple[str, ...]:
        """Ids of the restaurants it speaks for, in the group's order."""
        scope = group.partner_ids if self.partner_ids is None else self.partner_ids
        return tuple(partner_id for partner_id in group.partner_ids if partner_id in scope)


@dataclass(frozen=True, slots=True)
class Grant:
    """Who a presented key turned out to be."""

    key_id: str
    group: Group
    partner_ids: tuple[str, ...]
    environment: Environment
    last_used_at: datetime | None

    @property
    def scopes(self) -> tuple[str, ...]:
        """Whose tills call with it: the group's, or those of some of its restaurants."""
        whole = set(self.partner_ids) == set(self.group.partner_ids)
        return (self.group.group_id,) if whole else self.partner_ids
