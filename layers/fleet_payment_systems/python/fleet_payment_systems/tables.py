"""Stored rows of the taxi parks' money: wallets, transactions, claims, journal, suspense, days."""

from typing import ClassVar

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import (
    AllProjection,
    GlobalSecondaryIndex,
    IncludeProjection,
    KeysOnlyProjection,
)

from shared.store import Row, WholeNumber


class _ByPark(GlobalSecondaryIndex["WalletRow"]):
    class Meta:
        index_name = "by_park"
        projection = KeysOnlyProjection()

    park_id = UnicodeAttribute(hash_key=True)
    wallet_id = UnicodeAttribute(range_key=True)


class _BySystem(GlobalSecondaryIndex["WalletRow"]):
    """Wallets that are not deleted: for counts, and for tokens that end (FP-17, FP-35)."""

    class Meta:
        index_name = "by_system"
        projection = IncludeProjection(["park_id", "token_expires_at"])

    live_system = UnicodeAttribute(hash_key=True)
    wallet_id = UnicodeAttribute(range_key=True)


class WalletRow(Row):
    """`links` maps a link's id to what is kept of it; `credentials` holds ciphertexts only.

    `live_system` is the system of a wallet that is not deleted.
    """

    class Meta:
        table_env = "WALLETS_TABLE"

    wallet_id = UnicodeAttribute(hash_key=True)
    park_id = UnicodeAttribute()
    system = UnicodeAttribute()
    profile = UnicodeAttribute()
    title = UnicodeAttribute()
    enabled = BooleanAttribute()
    currency = UnicodeAttribute()
    timezone = UnicodeAttribute()
    minimum = WholeNumber(null=True)
    maximum = WholeNumber(null=True)
    daily = WholeNumber(null=True)
    commission_rate = UnicodeAttribute()
    driver_lookup = UnicodeAttribute()
    allow_reversal = BooleanAttribute()
    show_balance = BooleanAttribute()
    settings = MapAttribute[str, str]()
    credentials = MapAttribute[str, str]()
    ip_allowlist = ListAttribute[str]()
    notify_emails = ListAttribute[str]()
    links = MapAttribute[str, object]()
    rev = WholeNumber()
    created_at = WholeNumber()
    updated_at = WholeNumber()
    token_expires_at = WholeNumber(null=True)
    deleted_at = WholeNumber(null=True)
    stopped = UnicodeAttribute(null=True)
    resumes = BooleanAttribute(null=True)
    before = MapAttribute[str, str](null=True)
    before_until = WholeNumber(null=True)
    old_mark = UnicodeAttribute(null=True)
    live_system = UnicodeAttribute(null=True)
    by_park: ClassVar[_ByPark] = _ByPark()
    by_system: ClassVar[_BySystem] = _BySystem()


class _ByDriver(GlobalSecondaryIndex["TransactionRow"]):
    class Meta:
        index_name = "by_driver"
        projection = KeysOnlyProjection()

    driver_key = UnicodeAttribute(hash_key=True)
    tx_id = UnicodeAttribute(range_key=True)


class _ByProviderTime(GlobalSecondaryIndex["TransactionRow"]):
    """For statements: a payment system asks by its own clock (FX-22)."""

    class Meta:
        index_name = "by_provider_time"
        projection = AllProjection()

    wallet_id = UnicodeAttribute(hash_key=True)
    provider_time = WholeNumber(range_key=True)


class TransactionRow(Row):
    """`driver_key` is `<park>#<driver>`."""

    class Meta:
        table_env = "TRANSACTIONS_TABLE"

    park_id = UnicodeAttribute(hash_key=True)
    tx_id = UnicodeAttribute(range_key=True)
    wallet_id = UnicodeAttribute()
    system = UnicodeAttribute()
    direction = UnicodeAttribute()
    txn = UnicodeAttribute()
    driver_key = UnicodeAttribute()
    account = UnicodeAttribute()
    amount = WholeNumber()
    commission = WholeNumber()
    currency = UnicodeAttribute()
    state = UnicodeAttribute()
    step = UnicodeAttribute()
    version = WholeNumber()
    created_at = WholeNumber()
    updated_at = WholeNumber()
    provider_time = WholeNumber(null=True)
    reason = UnicodeAttribute(null=True)
    billing_done_at = WholeNumber(null=True)
    commission_done_at = WholeNumber(null=True)
    fleet_tx_id = UnicodeAttribute(null=True)
    reverses = UnicodeAttribute(null=True)
    reversed_by = UnicodeAttribute(null=True)
    confirmed_at = WholeNumber(null=True)
    pay_url = UnicodeAttribute(null=True)
    expires_at = WholeNumber(null=True)
    replaces = UnicodeAttribute(null=True)
    replaced_by = UnicodeAttribute(null=True)
    by_driver: ClassVar[_ByDriver] = _ByDriver()
    by_provider_time: ClassVar[_ByProviderTime] = _ByProviderTime()


class ClaimRow(Row):
    """Who owns a payment system's number, for ever (R2, PC1): `pay#<park>#<system>#<txn>`.

    With the number comes what a repeat is answered, so that it costs one read (PC20): nothing of
    it ever changes, but `cancelled` is set with the payment's own end. A payment in two phases is
    `registered`. Without `tx_id` it is a tombstone: the cancel came before the payment (PC11).
    `token#<wallet>#<its end>#<days>` says that a notice of a token's end is on its way or sent.
    `old-link#<digest>` says whose link of the old service that is.
    `request#<park>#<key>` is a dispatcher's request: the wallet it made, and the HMAC of its
    content under a pepper, as the content has passwords in it.
    `bill#<park>#<driver>#<key>` is a driver's request, `open#<wallet>#<driver>` his newest bill.
    """

    class Meta:
        table_env = "CLAIMS_TABLE"

    claim_id = UnicodeAttribute(hash_key=True)
    park_id = UnicodeAttribute()
    tx_id = UnicodeAttribute(null=True)
    account = UnicodeAttribute(null=True)
    amount = WholeNumber(null=True)
    currency = UnicodeAttribute(null=True)
    created_at = WholeNumber(null=True)
    provider_time = WholeNumber(null=True)
    registered = BooleanAttribute(null=True)
    cancelled = BooleanAttribute(null=True)
    wallet_id = UnicodeAttribute(null=True)
    pepper_id = UnicodeAttribute(null=True)
    content = UnicodeAttribute(null=True)


class EventRow(Row):
    """The journal, never changed: `subject` is `tx#<id>` or `wallet#<id>`, `rev` its version."""

    class Meta:
        table_env = "EVENTS_TABLE"

    subject = UnicodeAttribute(hash_key=True)
    rev = WholeNumber(range_key=True)
    at = WholeNumber()
    name = UnicodeAttribute()
    actor = UnicodeAttribute()
    details = MapAttribute[str, object](null=True)


class SuspenseRow(Row):
    """The park's suspense account: money we answered for, and billing refused for good (PC8)."""

    class Meta:
        table_env = "SUSPENSE_TABLE"

    park_id = UnicodeAttribute(hash_key=True)
    tx_id = UnicodeAttribute(range_key=True)
    amount = WholeNumber()
    currency = UnicodeAttribute()
    reason = UnicodeAttribute()
    at = WholeNumber()


class DayRow(Row):
    """What a wallet with a daily limit has accepted on one day of its time zone."""

    class Meta:
        table_env = "DAYS_TABLE"

    wallet_id = UnicodeAttribute(hash_key=True)
    day = UnicodeAttribute(range_key=True)
    total = WholeNumber()


class ExportRow(Row):
    """A file of transactions; `wanted` are the filters, `sums` by `<currency>/<state>`."""

    class Meta:
        table_env = "EXPORTS_TABLE"

    park_id = UnicodeAttribute(hash_key=True)
    export_id = UnicodeAttribute(range_key=True)
    since = WholeNumber()
    until = WholeNumber()
    wanted = MapAttribute[str, str]()
    mark = UnicodeAttribute()
    kind = UnicodeAttribute()
    bom = BooleanAttribute()
    author = UnicodeAttribute()
    state = UnicodeAttribute()
    version = WholeNumber()
    created_at = WholeNumber()
    updated_at = WholeNumber()
    rows = WholeNumber()
    sums = MapAttribute[str, object]()
    reason = UnicodeAttribute(null=True)
