"""Stored rows of scooters_payments (SPEC A.1.4): deposits, and the journal."""

from typing import ClassVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from shared.store import Row, WholeNumber


class _ByUser(GlobalSecondaryIndex["DepositRow"]):
    class Meta:
        index_name = "by_user"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)
    created_at = WholeNumber(range_key=True)
    session_id = UnicodeAttribute()


class DepositRow(Row):
    """One row a session: its key is what makes a second deposit of a ride impossible (D1)."""

    class Meta:
        table_env = "DEPOSITS_TABLE"

    session_id = UnicodeAttribute(hash_key=True)
    status = UnicodeAttribute()
    rev = WholeNumber()
    created_at = WholeNumber()
    updated_at = WholeNumber()
    started_at = WholeNumber()
    attempt = WholeNumber()
    invoice_version = WholeNumber()
    amount = WholeNumber()
    wanted = WholeNumber()
    held = WholeNumber()
    currency = UnicodeAttribute(null=True)
    user_id = UnicodeAttribute(null=True)
    offer_id = UnicodeAttribute(null=True)
    city = UnicodeAttribute(null=True)
    method_type = UnicodeAttribute(null=True)
    method_id = UnicodeAttribute(null=True)
    engine_error = UnicodeAttribute(null=True)
    failure_code = UnicodeAttribute(null=True)
    skip_reason = UnicodeAttribute(null=True)
    ended_by = UnicodeAttribute(null=True)
    sent_at = WholeNumber(null=True)
    held_at = WholeNumber(null=True)
    released_at = WholeNumber(null=True)
    by_user: ClassVar[_ByUser] = _ByUser()


class EventRow(Row):
    """The journal: one row a revision, never changed."""

    class Meta:
        table_env = "EVENTS_TABLE"

    session_id = UnicodeAttribute(hash_key=True)
    rev = WholeNumber(range_key=True)
    at = WholeNumber()
    name = UnicodeAttribute()
    actor = UnicodeAttribute()
    status = UnicodeAttribute()
    invoice_id = UnicodeAttribute()
    invoice_version = WholeNumber()
    wanted = WholeNumber()
    held = WholeNumber()
    reason = UnicodeAttribute(null=True)
