"""Stored rows of the sandbox."""

from pynamodb.attributes import UnicodeAttribute

from shared.store import Row, WholeNumber


class InvoiceRow(Row):
    """`state` is the invoice as JSON: nobody but its rules reads inside."""

    class Meta:
        table_env = "INVOICES_TABLE"

    invoice_id = UnicodeAttribute(hash_key=True)
    rev = WholeNumber()
    state = UnicodeAttribute()


class LedgerRow(Row):
    """A movement of money that happened: put once, never changed."""

    class Meta:
        table_env = "LEDGER_TABLE"

    invoice_id = UnicodeAttribute(hash_key=True)
    transaction_id = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    amount = WholeNumber()
    operation_id = UnicodeAttribute()
    at = WholeNumber()


class DocumentRow(Row):
    """A document that eda accepted: put once, never changed."""

    class Meta:
        table_env = "DOCUMENTS_TABLE"

    document_id = UnicodeAttribute(hash_key=True)
    document = UnicodeAttribute()
    accepted_at = WholeNumber()


class CreditRow(Row):
    """Cashback of a document that eda was told of: put once, never changed."""

    class Meta:
        table_env = "CREDITS_TABLE"

    document_id = UnicodeAttribute(hash_key=True)
    ticket_id = UnicodeAttribute(range_key=True)
    credit = UnicodeAttribute()


class CashbackRow(Row):
    """A movement on the cashback service's own books, by the event that made it: put once."""

    class Meta:
        table_env = "CASHBACK_TABLE"

    order_id = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    amount = WholeNumber()
    currency = UnicodeAttribute()
    at = WholeNumber()


class NotificationRow(Row):
    class Meta:
        table_env = "NOTIFICATIONS_TABLE"

    user_id = UnicodeAttribute(hash_key=True)
    idempotency_key = UnicodeAttribute(range_key=True)
    notification_id = UnicodeAttribute()
    message = UnicodeAttribute()
    created_at = WholeNumber()


class FaultRow(Row):
    """How the next `remaining` calls of a system are spoilt."""

    class Meta:
        table_env = "FAULTS_TABLE"

    system = UnicodeAttribute(hash_key=True)
    remaining = WholeNumber()
    status = WholeNumber()
    latency_ms = WholeNumber()


class BillingRow(Row):
    """An entry of a driver's account `<park>#<driver>`, or its balance under the key #balance."""

    class Meta:
        table_env = "BILLING_TABLE"

    account = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)
    amount = WholeNumber()
    currency = UnicodeAttribute()
    at = WholeNumber()
    category = UnicodeAttribute(null=True)
    entry_id = UnicodeAttribute(null=True)


class FleetTransactionRow(Row):
    class Meta:
        table_env = "FLEET_TRANSACTIONS_TABLE"

    park_id = UnicodeAttribute(hash_key=True)
    token = UnicodeAttribute(range_key=True)
    transaction_id = UnicodeAttribute()
    driver_id = UnicodeAttribute()
    category_id = UnicodeAttribute()
    amount = UnicodeAttribute()
    currency = UnicodeAttribute()
    at = WholeNumber()


class MerchPaymentRow(Row):
    """A payment of a driver at a cash desk; a refused one is kept under its key, too."""

    class Meta:
        table_env = "MERCH_PAYMENTS_TABLE"

    payment_id = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute()
    content = UnicodeAttribute()
    merchant_id = UnicodeAttribute()
    driver_id = UnicodeAttribute()
    amount = WholeNumber()
    currency = UnicodeAttribute()
    refunded = WholeNumber()
    status = UnicodeAttribute()
    decline_code = UnicodeAttribute(null=True)
    refused = WholeNumber()
    accept_until = WholeNumber(null=True)
    rev = WholeNumber()


class DriverQrRow(Row):
    """A code that a driver's app shows: good once, until `ends_at`."""

    class Meta:
        table_env = "DRIVER_QRS_TABLE"

    qr_code = UnicodeAttribute(hash_key=True)
    driver_id = UnicodeAttribute()
    ends_at = WholeNumber()
    used_by = UnicodeAttribute(null=True)


class SessionRow(Row):
    class Meta:
        table_env = "SESSIONS_TABLE"

    session_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    state = UnicodeAttribute()
    started_at = WholeNumber()
    finished_at = WholeNumber(null=True)


class BillRow(Row):
    """A bill that somebody pays on a page or in an app; `bill_id` is `<system>#<number>`."""

    class Meta:
        table_env = "BILLS_TABLE"

    bill_id = UnicodeAttribute(hash_key=True)
    rev = WholeNumber()
    amount = WholeNumber()
    currency = UnicodeAttribute()
    payer = UnicodeAttribute()
    status = UnicodeAttribute()
    looks = WholeNumber()
    at = WholeNumber()
    ends_at = WholeNumber()
    note = UnicodeAttribute()
