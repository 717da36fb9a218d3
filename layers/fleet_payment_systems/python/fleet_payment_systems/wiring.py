"""Puts the taxi parks' service together, once, from settings that fail loudly."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from fleet_payment_systems import settings as env
from fleet_payment_systems.billers import Biller
from fleet_payment_systems.clients import (
    BillingAccounts,
    DriverDirectory,
    ExportFiles,
    FleetTransactions,
    SesMail,
)
from fleet_payment_systems.specs import Spec
from fleet_payment_systems.store.exports import ExportStore
from fleet_payment_systems.store.ledger import LedgerStore
from fleet_payment_systems.store.live import LiveWallets
from fleet_payment_systems.store.money import MoneyStore
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.bill_news import BillNews
from fleet_payment_systems.use_cases.books import OwnBook
from fleet_payment_systems.use_cases.callbacks import Callbacks
from fleet_payment_systems.use_cases.cancels import Cancels
from fleet_payment_systems.use_cases.census import Census
from fleet_payment_systems.use_cases.confirms import Confirms
from fleet_payment_systems.use_cases.credits import Credits
from fleet_payment_systems.use_cases.exports import Exports
from fleet_payment_systems.use_cases.gate import Gate
from fleet_payment_systems.use_cases.links import Links
from fleet_payment_systems.use_cases.listing import Listing
from fleet_payment_systems.use_cases.tokens import TokenNotices, TokenWatch
from fleet_payment_systems.use_cases.wallets import Wallets
from shared import clock, secrets_store
from shared.clock import to_ms
from shared.keys import Peppers
from shared.settings import from_env
from shared.tasks import Tasks, Ticket
from shared.upstream import Upstream
from shared.vault import Vault

if TYPE_CHECKING:
    from fleet_payment_systems.ports import OldStore
    from fleet_payment_systems.schema.dispatchers import Dispatchers
    from fleet_payment_systems.schema.pros import Pros
    from fleet_payment_systems.use_cases.bill_polls import BillPolls
    from fleet_payment_systems.use_cases.bills import Bills
    from fleet_payment_systems.use_cases.copies import Copies
    from fleet_payment_systems.use_cases.export_files import ExportWriter
    from fleet_payment_systems.use_cases.lookup import Lookup
    from fleet_payment_systems.use_cases.migration import Migration
    from fleet_payment_systems.use_cases.paired import PairedBook
    from fleet_payment_systems.use_cases.rotation import Rotation
    from fleet_payment_systems.use_cases.stops import Stops

LAST_PHASE: Final = "4"
# A callback's Lambda speaks one protocol, and knows neither Chalice nor pydantic: what would load
# them is imported by whom it serves.


@cache
def settings() -> env.Settings:
    return from_env(env.Settings)


@cache
def dispatcher_settings() -> env.DispatcherSettings:
    return from_env(env.DispatcherSettings)


def phase() -> str:
    return from_env(env.PhaseSettings).wallet_store_phase


def new_tx_id(now: datetime) -> str:
    """19 digits below 2^62, so that they fit a protocol's signed 64 bits; they grow with time."""
    return f"{to_ms(now) << 21 | secrets.randbits(21):019d}"


@cache
def vault() -> Vault:
    return Vault(settings().vault_key)


def tasks() -> Tasks:
    return Tasks(clock.SYSTEM, settings().queue_url_prefix)


def gate() -> Gate:
    return Gate(WalletStore(), link_peppers(), clock.SYSTEM)


def link_peppers() -> Peppers:
    return secrets_store.peppers(settings().link_pepper_secret)


def specs() -> dict[str, Spec]:
    """The payment systems by code, in the registry's order."""
    from fleet_payment_systems.providers.registry import ALL, BILLS

    found = [*(provider.spec for provider in ALL), *(provider.spec for provider in BILLS)]
    return {spec.code: spec for spec in found}


@cache
def bill_settings() -> env.BillSettings:
    return from_env(env.BillSettings)


def billers() -> dict[str, Biller]:
    """The payment systems that take bills, by code."""
    from fleet_payment_systems.providers.registry import BILLS

    found = bill_settings()
    urls = {"qiwi": found.qiwi_url, "paystack": found.paystack_url}
    return {
        each.spec.code: Biller(each, Upstream(each.spec.code, urls[each.spec.code]), vault())
        for each in BILLS
    }


def bills() -> "Bills":
    from fleet_payment_systems.use_cases.bills import Bills

    found = bill_settings()
    return Bills(
        wallets=WalletStore(),
        money=MoneyStore(),
        tasks=tasks(),
        systems=billers(),
        clock=clock.SYSTEM,
        new_tx_id=new_tx_id,
        ttl=timedelta(minutes=found.bill_ttl_min),
        period=timedelta(seconds=found.bill_poll_period_sec),
    )


def bill_polls() -> "BillPolls":
    from fleet_payment_systems.use_cases.bill_polls import BillPolls

    return BillPolls(
        wallets=WalletStore(),
        money=MoneyStore(),
        tasks=tasks(),
        systems=billers(),
        clock=clock.SYSTEM,
        new_tx_id=new_tx_id,
        period=timedelta(seconds=bill_settings().bill_poll_period_sec),
    )


def wallets() -> Wallets:
    if phase() == LAST_PHASE:
        return Wallets(OwnBook(WalletStore()), vault(), specs(), link_peppers, clock.SYSTEM)
    book = paired_book()
    return Wallets(book, book.safe, specs(), link_peppers, clock.SYSTEM)


def paired_book() -> "PairedBook":
    """Only what keeps wallets in two stores loads what that takes, and has redis in its layers."""
    from fleet_payment_systems.use_cases.paired import PairedBook, Remembering

    return PairedBook(copies(), tasks(), Remembering(vault()), reads_own=phase() == "3a")


@cache
def old_store() -> "OldStore":
    from fleet_payment_systems.old_store import connected

    return connected(from_env(env.MigrationSettings).old_store_secret)


def copies() -> "Copies":
    from fleet_payment_systems.store.copies import CopyStore
    from fleet_payment_systems.use_cases.copies import Copies

    if phase() == LAST_PHASE:
        raise LookupError("phase 4: the old store is no more")
    return Copies(CopyStore(), old_store(), vault(), specs(), link_peppers, clock.SYSTEM)


def token_watch() -> TokenWatch:
    return TokenWatch(LiveWallets(), WalletStore(), tasks(), tuple(specs()), clock.SYSTEM)


def token_notices() -> TokenNotices:
    return TokenNotices(WalletStore(), SesMail(from_env(env.MailSettings).mail_from))


def census() -> Census:
    return Census(LiveWallets(), LedgerStore(), tasks(), tuple(specs()), clock.SYSTEM)


def repairing() -> Callable[[Ticket], None]:
    """In phase 4 a wallet is its own: what is left of repairs must copy nothing over it."""
    return Ticket.finish if phase() == LAST_PHASE else paired_book().repair


def migration() -> "Migration":
    from fleet_payment_systems.use_cases.migration import Migration

    return Migration(copies(), export_files(), vault())


def links() -> Links:
    return Links(wallets(), link_peppers, dispatcher_settings().fps_base_url)


def stops() -> "Stops":
    """For operators: what pydantic costs a callback need not pay."""
    from fleet_payment_systems.use_cases.stops import Stops

    return Stops(WalletStore(), wallets())


def rotation() -> "Rotation":
    from fleet_payment_systems.use_cases.rotation import Rotation

    return Rotation(WalletStore(), wallets())


def lookup() -> "Lookup":
    from fleet_payment_systems.store.journal import JournalStore
    from fleet_payment_systems.use_cases.lookup import Lookup

    return Lookup(WalletStore(), MoneyStore(), LedgerStore(), ExportStore(), JournalStore())


def listing() -> Listing:
    return Listing(LedgerStore())


def export_files() -> ExportFiles:
    return ExportFiles(from_env(env.ExportSettings).exports_bucket)


def exports() -> Exports:
    return Exports(ExportStore(), tasks(), export_files(), clock.SYSTEM)


def export_writer() -> "ExportWriter":
    """Only the task's function has the spreadsheet library in its layers."""
    from fleet_payment_systems.sheets import SheetWriter
    from fleet_payment_systems.use_cases.export_files import ExportWriter

    return ExportWriter(ExportStore(), LedgerStore(), export_files(), SheetWriter(), clock.SYSTEM)


def dispatchers() -> "Dispatchers":
    from fleet_payment_systems.schema.dispatchers import Dispatchers

    return Dispatchers.parse(dispatcher_settings().dispatcher_roles)


def pros() -> "Pros":
    from fleet_payment_systems.schema.pros import Pros

    return Pros.parse(from_env(env.ProSettings).pro_roles)


def callbacks() -> Callbacks:
    found = settings()
    billing = BillingAccounts(Upstream("billing", found.billing_url, 2))
    return Callbacks(
        wallets=WalletStore(),
        money=MoneyStore(),
        tasks=tasks(),
        drivers=DriverDirectory(Upstream("fleet_transactions", found.fleet_transactions_url, 2)),
        billing=billing,
        cancels=Cancels(WalletStore(), MoneyStore(), tasks(), billing, clock.SYSTEM, new_tx_id),
        confirms=Confirms(WalletStore(), MoneyStore(), tasks(), clock.SYSTEM),
        news=BillNews(MoneyStore(), tasks(), clock.SYSTEM),
        safe=vault(),
        clock=clock.SYSTEM,
        new_tx_id=new_tx_id,
        in_two_stores=phase() != LAST_PHASE,
    )


def crediting() -> Credits:
    found = settings()
    return Credits(
        money=MoneyStore(),
        billing=BillingAccounts(Upstream("billing", found.billing_url)),
        book=FleetTransactions(
            Upstream(
                "fleet_transactions",
                found.fleet_transactions_url,
                idempotency_header="X-Idempotency-Token",
            )
        ),
        clock=clock.SYSTEM,
    )
