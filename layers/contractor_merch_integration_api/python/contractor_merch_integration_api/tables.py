"""Stored rows of purchases at cash desks: the map of ids both ways, refunds, journal, clients."""

from pynamodb.attributes import BooleanAttribute, ListAttribute, MapAttribute, UnicodeAttribute

from shared.store import Row, WholeNumber


class TrnRow(Row):
    """An aggregator's number, `<aggregator>#<trn>`, and ours; there for ever (R2, CM-11).

    Without `ya_transaction_id` it is a tombstone: the reverse came before the purchase.
    """

    class Meta:
        table_env = "TRNS_TABLE"

    trn = UnicodeAttribute(hash_key=True)
    ya_transaction_id = UnicodeAttribute(null=True)
    client_id = UnicodeAttribute()
    at = WholeNumber()


class PurchaseRow(Row):
    class Meta:
        table_env = "PURCHASES_TABLE"

    ya_transaction_id = UnicodeAttribute(hash_key=True)
    aggregator = UnicodeAttribute()
    trn = UnicodeAttribute()
    client_id = UnicodeAttribute()
    merchant_id = UnicodeAttribute()
    merchant_name = UnicodeAttribute()
    terminal_id = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    amount = WholeNumber()
    currency = UnicodeAttribute()
    refunded = WholeNumber()
    reserved = WholeNumber()
    qr = UnicodeAttribute(null=True)
    content = UnicodeAttribute()
    state = UnicodeAttribute()
    wish = UnicodeAttribute()
    version = WholeNumber()
    created_at = WholeNumber()
    updated_at = WholeNumber()
    expires_at = WholeNumber()
    payment_id = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    paid_at = WholeNumber(null=True)


class RefundRow(Row):
    class Meta:
        table_env = "REFUNDS_TABLE"

    ya_transaction_id = UnicodeAttribute(hash_key=True)
    refund_trn = UnicodeAttribute(range_key=True)
    amount = WholeNumber()
    currency = UnicodeAttribute()
    state = UnicodeAttribute()
    created_at = WholeNumber()
    reason = UnicodeAttribute(null=True)


class EventRow(Row):
    """The journal, never changed: a purchase's versions in their order."""

    class Meta:
        table_env = "EVENTS_TABLE"

    ya_transaction_id = UnicodeAttribute(hash_key=True)
    version = WholeNumber(range_key=True)
    at = WholeNumber()
    name = UnicodeAttribute()
    actor = UnicodeAttribute()
    details = MapAttribute[str, object](null=True)


class ClientRow(Row):
    """`keys` hold ciphertexts only: {"key_id", "sealed", "created_at", "not_after"}."""

    class Meta:
        table_env = "CLIENTS_TABLE"

    client_id = UnicodeAttribute(hash_key=True)
    aggregator = UnicodeAttribute()
    title = UnicodeAttribute()
    enabled = BooleanAttribute()
    ip_allowlist = ListAttribute[str]()
    keys = ListAttribute[object]()
    rev = WholeNumber()
    created_at = WholeNumber()
