"""Puts qr_orders together, once, from settings that fail loudly."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from shared import clock, ids, secrets_store
from shared.receipt_links import LinkOf, links_at
from shared.settings import from_env
from shared.tasks import Tasks
from shared.upstream import Upstream

if TYPE_CHECKING:
    from qr_orders.clients import TransactionsEngine
    from qr_orders.use_cases.activity import Activity
    from qr_orders.use_cases.admin import Admin
    from qr_orders.use_cases.callbacks import Callbacks
    from qr_orders.use_cases.cancels import Cancels
    from qr_orders.use_cases.cashback import Cashback
    from qr_orders.use_cases.census import Census
    from qr_orders.use_cases.day_export import DayExport
    from qr_orders.use_cases.expiry import Expiry
    from qr_orders.use_cases.history import History
    from qr_orders.use_cases.lookup import Lookup
    from qr_orders.use_cases.orders import Orders
    from qr_orders.use_cases.payments import Payments
    from qr_orders.use_cases.receipts import Receipts
    from qr_orders.use_cases.reconciliation import Reconciliation
    from qr_orders.use_cases.refunds import Refunds
    from qr_orders.use_cases.requeue import Requeue
    from qr_orders.use_cases.search import Search


@dataclass(frozen=True, slots=True)
class Settings:
    """What templates/qr_orders.yaml sets; tables read their own names."""

    queue_url_prefix: str
    qr_base_url: str
    transactions_url: str
    eda_url: str
    notify_url: str
    renderer_url: str
    payments_bus: str
    receipts_bucket: str
    reports_bucket: str
    receipt_source: str
    receipt_poll_period_sec: int
    receipt_poll_attempts: int
    receipt_backoff_max_sec: int
    receipt_park_after_hours: int
    payment_poll_period_sec: int
    receipt_link_url: str
    receipt_link_pepper_secret: str
    activity_timeout_sec: int


@cache
def settings() -> Settings:
    return from_env(Settings)


def tasks() -> Tasks:
    return Tasks(clock.SYSTEM, settings().queue_url_prefix)


def engine() -> "TransactionsEngine":
    from qr_orders.clients import TransactionsEngine
    from shared.invoices import VersionedInvoices

    upstream = Upstream("transactions", settings().transactions_url)
    return TransactionsEngine(VersionedInvoices(upstream))


def receipt_tasks() -> Tasks:
    """Receipts may take days: they back off further (decision 20)."""
    found = settings()
    return Tasks(clock.SYSTEM, found.queue_url_prefix, found.receipt_backoff_max_sec)


def orders() -> "Orders":
    from qr_orders.store import OrderStore
    from qr_orders.use_cases.orders import Orders

    return Orders(
        store=OrderStore(),
        tasks=tasks(),
        clock=clock.SYSTEM,
        new_id=ids.new_id,
        new_short_code=ids.new_short_code,
        activity_timeout_s=settings().activity_timeout_sec,
    )


def expiry() -> "Expiry":
    from qr_orders.store import OrderStore
    from qr_orders.use_cases.expiry import Expiry

    return Expiry(OrderStore(), tasks(), clock.SYSTEM)


def activity() -> "Activity":
    from qr_orders.activity_store import ActivityStore
    from qr_orders.use_cases.activity import Activity

    return Activity(ActivityStore(), clock.SYSTEM)


def history() -> "History":
    from qr_orders.history_store import HistoryStore
    from qr_orders.use_cases.history import History

    return History(HistoryStore(), clock.SYSTEM)


def search() -> "Search":
    from qr_orders.admin_store import SearchStore
    from qr_orders.use_cases.search import Search

    return Search(SearchStore(), clock.SYSTEM)


def admin() -> "Admin":
    from qr_orders.admin_store import JournalStore
    from qr_orders.use_cases.admin import Admin

    return Admin(orders(), JournalStore(), engine())


def receipt_links() -> LinkOf:
    found = settings()
    return links_at(
        found.receipt_link_url, lambda: secrets_store.peppers(found.receipt_link_pepper_secret)
    )


def callbacks() -> "Callbacks":
    from qr_orders.store import OrderStore
    from qr_orders.use_cases.callbacks import Callbacks

    return Callbacks(OrderStore(), tasks(), clock.SYSTEM)


def payments() -> "Payments":
    from qr_orders.clients import GuestNotifier
    from qr_orders.store import OrderStore
    from qr_orders.use_cases.payments import Payments

    found = settings()
    return Payments(
        store=OrderStore(),
        tasks=tasks(),
        engine=engine(),
        notifier=GuestNotifier(Upstream("notify", found.notify_url)),
        clock=clock.SYSTEM,
        poll_period_s=found.payment_poll_period_sec,
    )


def cancels() -> "Cancels":
    from qr_orders.clients import GuestNotifier
    from qr_orders.store import OrderStore
    from qr_orders.use_cases.cancels import Cancels

    found = settings()
    return Cancels(
        store=OrderStore(),
        tasks=tasks(),
        engine=engine(),
        notifier=GuestNotifier(Upstream("notify", found.notify_url)),
        clock=clock.SYSTEM,
        poll_period_s=found.payment_poll_period_sec,
    )


def census() -> "Census":
    from qr_orders.day_store import DayStore
    from qr_orders.use_cases.census import Census

    return Census(DayStore(), tasks(), clock.SYSTEM)


def reconciliation() -> "Reconciliation":
    from qr_orders.clients import ReportFiles
    from qr_orders.day_store import DayStore
    from qr_orders.use_cases.reconciliation import Reconciliation

    found = settings()
    return Reconciliation(
        days=DayStore(),
        tasks=tasks(),
        engine=engine(),
        reports=ReportFiles(found.reports_bucket),
        clock=clock.SYSTEM,
    )


def lookup() -> "Lookup":
    from qr_orders.store import OrderStore
    from qr_orders.use_cases.lookup import Lookup

    return Lookup(OrderStore())


def day_export() -> "DayExport":
    from qr_orders.clients import ReportFiles
    from qr_orders.day_store import DayStore
    from qr_orders.use_cases.day_export import DayExport

    return DayExport(DayStore(), ReportFiles(settings().reports_bucket))


def cashback() -> "Cashback":
    from qr_orders.clients import EdaDocuments, GuestNotifier
    from qr_orders.store import OrderStore
    from qr_orders.use_cases.cashback import Cashback

    found = settings()
    return Cashback(
        store=OrderStore(),
        tasks=tasks(),
        credits=EdaDocuments(Upstream("eda", found.eda_url)),
        notifier=GuestNotifier(Upstream("notify", found.notify_url)),
        clock=clock.SYSTEM,
    )


def requeue() -> "Requeue":
    from qr_orders.admin_store import JournalStore
    from qr_orders.day_store import DayStore
    from qr_orders.store import OrderStore
    from qr_orders.use_cases.requeue import Requeue

    wanted = settings().receipt_source != "none"
    return Requeue(
        store=OrderStore(),
        journal=JournalStore(),
        days=DayStore(),
        tasks=receipt_tasks(),
        clock=clock.SYSTEM,
        receipts_wanted=wanted,
    )


def refunds() -> "Refunds":
    from qr_orders.store import OrderStore
    from qr_orders.use_cases.refunds import Refunds

    found = settings()
    return Refunds(
        store=OrderStore(),
        tasks=tasks(),
        engine=engine(),
        clock=clock.SYSTEM,
        poll_period_s=found.payment_poll_period_sec,
    )


def receipts() -> "Receipts":
    from qr_orders.clients import (
        EdaDocuments,
        GuestNotifier,
        LocalRenderer,
        PaymentsBus,
        ReceiptFiles,
        RemoteRenderer,
    )
    from qr_orders.store import OrderStore
    from qr_orders.use_cases.receipts import ReceiptPolicy, Receipts

    found = settings()
    remote = RemoteRenderer(found.renderer_url) if found.renderer_url else None
    return Receipts(
        store=OrderStore(),
        tasks=receipt_tasks(),
        documents=EdaDocuments(Upstream("eda", found.eda_url)),
        renderer=remote or LocalRenderer(),
        files=ReceiptFiles(found.receipts_bucket),
        notifier=GuestNotifier(Upstream("notify", found.notify_url)),
        bus=PaymentsBus(found.payments_bus),
        clock=clock.SYSTEM,
        policy=ReceiptPolicy(
            source=found.receipt_source,
            poll_period_s=found.receipt_poll_period_sec,
            poll_attempts=found.receipt_poll_attempts,
            backoff_max_s=found.receipt_backoff_max_sec,
            park_after_h=found.receipt_park_after_hours,
        ),
    )
