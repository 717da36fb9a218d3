"""Rows of qr_partners. Moments are milliseconds since 1970, sums minor units, shares text."""

from typing import Any, ClassVar

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from shared.store import Row, WholeNumber


class CashbackMap(MapAttribute[str, Any]):
    rate = UnicodeAttribute()
    max_minor = WholeNumber()
    currency = UnicodeAttribute()


class SettingsMap(MapAttribute[str, Any]):
    order_ttl_min = WholeNumber()
    activity_timeout_sec = WholeNumber()
    on_expire_held = UnicodeAttribute()


class TermsMap(MapAttribute[str, Any]):
    """All of them in a group; in a restaurant only those that it has of its own."""

    legal_name = UnicodeAttribute(null=True)
    inn = UnicodeAttribute(null=True)
    kpp = UnicodeAttribute(null=True)
    mcc = UnicodeAttribute(null=True)
    currency = UnicodeAttribute(null=True)
    commission_rate = UnicodeAttribute(null=True)
    cashback = CashbackMap(null=True)
    settings = SettingsMap(null=True)
    vat_mode = UnicodeAttribute(null=True)
    fiscal_agent = UnicodeAttribute(null=True)


class AddressMap(MapAttribute[str, Any]):
    country = UnicodeAttribute()
    city = UnicodeAttribute()
    street = UnicodeAttribute()
    house = UnicodeAttribute()


class ContactsMap(MapAttribute[str, Any]):
    email = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)


class GroupRow(Row):
    class Meta:
        table_env = "GROUPS_TABLE"

    group_id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    terms = TermsMap()
    # Listed here and not by an index: who belongs to a group is decided on strong reads.
    partner_ids: ListAttribute[str] = ListAttribute()
    enabled = BooleanAttribute()
    rev = WholeNumber()
    created_at = WholeNumber()
    updated_at = WholeNumber()


class _ByCell(GlobalSecondaryIndex["PartnerRow"]):
    """Candidates by place: nothing is decided on an index."""

    class Meta:
        index_name = "by_cell"
        projection = IncludeProjection(["lat_microdeg", "lon_microdeg"])

    cell = UnicodeAttribute(hash_key=True)
    partner_id = UnicodeAttribute(range_key=True)


class _ByChange(GlobalSecondaryIndex["PartnerRow"]):
    class Meta:
        index_name = "by_change"
        projection = KeysOnlyProjection()

    shard = WholeNumber(hash_key=True)
    change = UnicodeAttribute(range_key=True)


class PartnerRow(Row):
    """`cell`, `shard` and `change` are made of the rest, for its indexes: see store.rows."""

    class Meta:
        table_env = "PARTNERS_TABLE"

    partner_id = UnicodeAttribute(hash_key=True)
    group_id = UnicodeAttribute()
    external_id = UnicodeAttribute()
    name = UnicodeAttribute()
    overrides = TermsMap()
    address = AddressMap()
    lat_microdeg = WholeNumber()
    lon_microdeg = WholeNumber()
    timezone = UnicodeAttribute()
    pos_system = UnicodeAttribute()
    place_id = UnicodeAttribute()
    region_id = UnicodeAttribute(null=True)
    logo_key = UnicodeAttribute(null=True)
    fiscal_place = UnicodeAttribute(null=True)
    contacts = ContactsMap()
    schedule: JSONAttribute = JSONAttribute(null=True)
    tables: ListAttribute[str] = ListAttribute()
    enabled = BooleanAttribute()
    rev = WholeNumber()
    created_at = WholeNumber()
    updated_at = WholeNumber()
    cell = UnicodeAttribute()
    shard = WholeNumber()
    change = UnicodeAttribute()
    by_cell: ClassVar[_ByCell] = _ByCell()
    by_change: ClassVar[_ByChange] = _ByChange()


class _ByGroup(GlobalSecondaryIndex["KeyRow"]):
    """Only to list: nothing is decided on an index, and no digest is copied into it."""

    class Meta:
        index_name = "by_group"
        projection = KeysOnlyProjection()

    group_id = UnicodeAttribute(hash_key=True)
    created_at = WholeNumber(range_key=True)


class KeyRow(Row):
    class Meta:
        table_env = "KEYS_TABLE"

    key_id = UnicodeAttribute(hash_key=True)
    shown = UnicodeAttribute()
    pepper_id = UnicodeAttribute()
    digest = UnicodeAttribute()
    group_id = UnicodeAttribute()
    partner_ids: ListAttribute[str] = ListAttribute(null=True)
    environment = UnicodeAttribute()
    created_at = WholeNumber()
    revoked_at = WholeNumber(null=True)
    expires_at = WholeNumber(null=True)
    last_used_at = WholeNumber(null=True)
    by_group: ClassVar[_ByGroup] = _ByGroup()


class ClaimRow(Row):
    """What may exist once, and whose it is.

    external_id#<group id>#<external id>   address#<INN>#<normal address>
    request#<operation>#<Idempotency-Key>  legacy_group#<its old id>
    """

    class Meta:
        table_env = "CLAIMS_TABLE"

    claim_id = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()
    content = UnicodeAttribute(null=True)


class AuditRow(Row):
    """Written once, with the change itself; functions have no right to change or delete it."""

    class Meta:
        table_env = "AUDIT_TABLE"

    group_id = UnicodeAttribute(hash_key=True)
    entry_id = UnicodeAttribute(range_key=True)
    action = UnicodeAttribute()
    objects: ListAttribute[str] = ListAttribute()
    operator = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    caller = UnicodeAttribute(null=True)
    changes: JSONAttribute = JSONAttribute(null=True)
    at = WholeNumber()


class TillRow(Row):
    """When a till last called with a key of this group or of this restaurant (QP-14)."""

    class Meta:
        table_env = "TILLS_TABLE"

    scope_id = UnicodeAttribute(hash_key=True)
    seen_at = WholeNumber()
