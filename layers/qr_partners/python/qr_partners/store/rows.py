"""Conversions between rows and the domain: each field by name, both ways."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeVar
from zlib import crc32

from qr_partners.cells import cell_of
from qr_partners.model import (
    Address,
    ApiKey,
    Cashback,
    Contacts,
    Environment,
    Group,
    OnExpireHeld,
    Overrides,
    Partner,
    Point,
    Profile,
    Settings,
    Terms,
)
from qr_partners.model.changes import Entry
from qr_partners.model.hours import Schedule
from qr_partners.model.places import Spot
from qr_partners.tables import (
    AuditRow,
    CashbackMap,
    GroupRow,
    KeyRow,
    PartnerRow,
    SettingsMap,
    TermsMap,
)
from shared.clock import from_ms, to_ms
from shared.keys import StoredKey
from shared.money import Money

A = TypeVar("A")
B = TypeVar("B")
# Of the index of changes, so that a big import does not write to one partition.
SHARDS: Final = 4
# PynamoDB turns a plain dict into the row's map.
_Map = dict[str, Any]


def _maybe(convert: Callable[[A], B], value: A | None) -> B | None:
    return None if value is None else convert(value)


def of_group(group: Group) -> GroupRow:
    return GroupRow(
        group.group_id,
        name=group.name,
        terms=_of_terms(group.terms),
        partner_ids=list(group.partner_ids),
        enabled=group.enabled,
        rev=group.rev,
        created_at=to_ms(group.created_at),
        updated_at=to_ms(group.updated_at),
    )


def to_group(row: GroupRow) -> Group:
    return Group(
        group_id=row.group_id,
        name=row.name,
        terms=_to_terms(row.terms),
        partner_ids=tuple(row.partner_ids),
        enabled=row.enabled,
        rev=row.rev,
        created_at=from_ms(row.created_at),
        updated_at=from_ms(row.updated_at),
    )


def of_partner(partner: Partner) -> PartnerRow:
    profile = partner.profile
    return PartnerRow(
        partner.partner_id,
        group_id=partner.group_id,
        external_id=profile.external_id,
        name=profile.name,
        overrides=_of_terms(partner.overrides),
        address=asdict(profile.address),
        lat_microdeg=profile.point.lat_microdeg,
        lon_microdeg=profile.point.lon_microdeg,
        timezone=profile.timezone,
        pos_system=profile.pos_system,
        place_id=profile.place_id,
        region_id=profile.region_id,
        logo_key=profile.logo_key,
        fiscal_place=profile.fiscal_place,
        contacts=asdict(profile.contacts),
        schedule=None if profile.schedule is None else profile.schedule.days,
        tables=list(profile.tables),
        enabled=partner.enabled,
        rev=partner.rev,
        created_at=to_ms(partner.created_at),
        updated_at=to_ms(partner.updated_at),
        cell=cell_of(profile.point),
        shard=crc32(partner.partner_id.encode()) % SHARDS,
        change=f"{change_since(partner.updated_at)}#{partner.partner_id}",
    )


def change_since(moment: datetime) -> str:
    """The marks of changes at `moment` and later are above this text."""
    return f"{to_ms(moment):015d}"


def to_spot(row: PartnerRow) -> Spot:
    return Spot(row.partner_id, Point(row.lat_microdeg, row.lon_microdeg))


def to_partner(row: PartnerRow) -> Partner:
    return Partner(
        partner_id=row.partner_id,
        group_id=row.group_id,
        profile=_to_profile(row),
        overrides=_to_overrides(row.overrides),
        enabled=row.enabled,
        rev=row.rev,
        created_at=from_ms(row.created_at),
        updated_at=from_ms(row.updated_at),
    )


def _to_profile(row: PartnerRow) -> Profile:
    address = row.address
    return Profile(
        external_id=row.external_id,
        name=row.name,
        address=Address(address.country, address.city, address.street, address.house),
        point=Point(row.lat_microdeg, row.lon_microdeg),
        timezone=row.timezone,
        pos_system=row.pos_system,
        place_id=row.place_id,
        region_id=row.region_id,
        logo_key=row.logo_key,
        fiscal_place=row.fiscal_place,
        contacts=Contacts(row.contacts.email, row.contacts.phone),
        schedule=_maybe(_to_schedule, row.schedule),
        tables=tuple(row.tables),
    )


def _to_schedule(days: dict[str, list[str]]) -> Schedule:
    return Schedule({day: tuple(spans) for day, spans in days.items()})


def _of_terms(terms: Terms | Overrides) -> _Map:
    return {
        "legal_name": terms.legal_name,
        "inn": terms.inn,
        "kpp": terms.kpp,
        "mcc": terms.mcc,
        "currency": terms.currency,
        "commission_rate": _maybe(str, terms.commission_rate),
        "cashback": _maybe(_of_cashback, terms.cashback),
        "settings": _maybe(_of_settings, terms.settings),
        "vat_mode": terms.vat_mode,
        "fiscal_agent": terms.fiscal_agent,
    }


def _to_terms(found: TermsMap) -> Terms:
    return Terms(
        legal_name=found.legal_name,
        inn=found.inn,
        kpp=found.kpp,
        mcc=found.mcc,
        currency=found.currency,
        commission_rate=Decimal(found.commission_rate),
        cashback=_to_cashback(found.cashback),
        settings=_to_settings(found.settings),
        vat_mode=found.vat_mode,
        fiscal_agent=found.fiscal_agent,
    )


def _to_overrides(found: TermsMap) -> Overrides:
    return Overrides(
        legal_name=found.legal_name,
        inn=found.inn,
        kpp=found.kpp,
        mcc=found.mcc,
        currency=found.currency,
        commission_rate=_maybe(Decimal, found.commission_rate),
        cashback=_maybe(_to_cashback, found.cashback),
        settings=_maybe(_to_settings, found.settings),
        vat_mode=found.vat_mode,
        fiscal_agent=found.fiscal_agent,
    )


def _of_cashback(cashback: Cashback) -> _Map:
    top = cashback.max
    return {"rate": str(cashback.rate), "max_minor": top.minor, "currency": top.currency}


def _to_cashback(found: CashbackMap) -> Cashback:
    return Cashback(Decimal(found.rate), Money(found.max_minor, found.currency))


def _of_settings(settings: Settings) -> _Map:
    return {
        "order_ttl_min": settings.order_ttl_min,
        "activity_timeout_sec": settings.activity_timeout_sec,
        "on_expire_held": settings.on_expire_held.value,
    }


def _to_settings(found: SettingsMap) -> Settings:
    policy = OnExpireHeld(found.on_expire_held)
    return Settings(found.order_ttl_min, found.activity_timeout_sec, policy)


def of_key(key: ApiKey) -> KeyRow:
    return KeyRow(
        key.stored.key_id,
        shown=key.stored.shown,
        pepper_id=key.stored.pepper_id,
        digest=key.stored.digest,
        group_id=key.group_id,
        partner_ids=_maybe(list, key.partner_ids),
        environment=key.environment.value,
        created_at=to_ms(key.created_at),
        revoked_at=_maybe(to_ms, key.revoked_at),
        expires_at=_maybe(to_ms, key.expires_at),
        last_used_at=_maybe(to_ms, key.last_used_at),
    )


def to_key(row: KeyRow) -> ApiKey:
    found_ids: list[str] | None = row.partner_ids
    revoked_at: int | None = row.revoked_at
    expires_at: int | None = row.expires_at
    last_used_at: int | None = row.last_used_at
    return ApiKey(
        stored=StoredKey(row.key_id, row.shown, row.pepper_id, row.digest),
        group_id=row.group_id,
        environment=Environment(row.environment),
        created_at=from_ms(row.created_at),
        partner_ids=None if found_ids is None else tuple(found_ids),
        revoked_at=_moment(revoked_at),
        expires_at=_moment(expires_at),
        last_used_at=_moment(last_used_at),
    )


def of_entry(entry: Entry) -> AuditRow:
    return AuditRow(
        entry.group_id,
        entry.entry_id,
        action=entry.action,
        objects=list(entry.objects),
        operator=entry.actor.operator,
        reason=entry.actor.reason,
        caller=entry.actor.caller,
        changes=dict(entry.changes) or None,
        at=to_ms(entry.at),
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return _maybe(from_ms, milliseconds)
