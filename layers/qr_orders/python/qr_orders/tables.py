"""Stored rows of qr_orders (SPEC A.1.4): state, baskets, changelog, events, claims, receipts."""

from typing import ClassVar

from pynamodb.attributes import ListAttribute, MapAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from shared.store import Row, WholeNumber


class _MovedOn(GlobalSecondaryIndex["OrderRow"]):
    class Meta:
        index_name = "moved_on"
        projection = KeysOnlyProjection()

    moved_on = UnicodeAttribute(hash_key=True)
    order_id = UnicodeAttribute(range_key=True)


class OrderRow(Row):
    """`moved_on` is the day (UTC) on which an order that has an invoice changed last."""

    class Meta:
        table_env = "ORDERS_TABLE"

    order_id = UnicodeAttribute(hash_key=True)
    partner_id = UnicodeAttribute()
    group_id = UnicodeAttribute()
    external_order_id = UnicodeAttribute()
    short_code = UnicodeAttribute()
    pos_system = UnicodeAttribute()
    version = WholeNumber()
    digest = UnicodeAttribute()
    total = WholeNumber()
    currency = UnicodeAttribute()
    created_at = WholeNumber()
    created_shard = UnicodeAttribute()
    updated_at = WholeNumber()
    expires_at = WholeNumber()
    payment_status = UnicodeAttribute()
    partner_status = UnicodeAttribute()
    rev = WholeNumber()
    attempt = WholeNumber()
    user_id = UnicodeAttribute(null=True)
    method_type = UnicodeAttribute(null=True)
    method_id = UnicodeAttribute(null=True)
    payment_key = UnicodeAttribute(null=True)
    payer_ip = UnicodeAttribute(null=True)
    locale = UnicodeAttribute(null=True)
    invoice_version = WholeNumber()
    held = WholeNumber()
    cleared = WholeNumber()
    refunded = WholeNumber()
    refunding = WholeNumber(null=True)
    cashback = WholeNumber(null=True)
    failure_code = UnicodeAttribute(null=True)
    redirect_url = UnicodeAttribute(null=True)
    activity_timeout_s = WholeNumber()
    last_polled_at = WholeNumber(null=True)
    poll_shard = UnicodeAttribute()
    silent_at = WholeNumber(null=True)
    moved_on = UnicodeAttribute(null=True)
    by_day: ClassVar[_MovedOn] = _MovedOn()


class BasketRow(Row):
    class Meta:
        table_env = "BASKETS_TABLE"

    order_id = UnicodeAttribute(hash_key=True)
    version = WholeNumber(range_key=True)
    items = ListAttribute[MapAttribute[str, str]]()
    partner = MapAttribute[str, object]()
    table = UnicodeAttribute(null=True)
    waiter = MapAttribute[str, str](null=True)
    discount = UnicodeAttribute(null=True)


class ChangeRow(Row):
    """The changelog of invoices (QO-29): never changed, only added to."""

    class Meta:
        table_env = "CHANGELOG_TABLE"

    order_id = UnicodeAttribute(hash_key=True)
    change_id = UnicodeAttribute(range_key=True)
    invoice_id = UnicodeAttribute()
    version = WholeNumber()
    at = WholeNumber()
    author = UnicodeAttribute()
    reason = UnicodeAttribute()
    items = ListAttribute[MapAttribute[str, str]]()
    total = WholeNumber()
    currency = UnicodeAttribute()
    refund_id = UnicodeAttribute(null=True)
    returned = ListAttribute[MapAttribute[str, str]](null=True)


class EventRow(Row):
    """The journal: one row a revision, never changed."""

    class Meta:
        table_env = "EVENTS_TABLE"

    order_id = UnicodeAttribute(hash_key=True)
    rev = WholeNumber(range_key=True)
    at = WholeNumber()
    name = UnicodeAttribute()
    actor = UnicodeAttribute()
    payment_status = UnicodeAttribute()
    partner_status = UnicodeAttribute()
    held = WholeNumber()
    cleared = WholeNumber()
    refunded = WholeNumber()
    reason = UnicodeAttribute(null=True)


class ClaimRow(Row):
    """Who owns a unique name, for ever (R2): `external#…`, `short_code#…`, `request#…`,
    `refund#…`.

    `digest` is what the request of that name said.
    """

    class Meta:
        table_env = "CLAIMS_TABLE"

    claim_id = UnicodeAttribute(hash_key=True)
    order_id = UnicodeAttribute()
    digest = UnicodeAttribute(null=True)


class ReceiptRow(Row):
    class Meta:
        table_env = "RECEIPTS_TABLE"

    order_id = UnicodeAttribute(hash_key=True)
    document_id = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    total = WholeNumber()
    currency = UnicodeAttribute()
    state = UnicodeAttribute()
    requested_at = WholeNumber()
    key = UnicodeAttribute(null=True)
    fiscal = MapAttribute[str, object](null=True)
