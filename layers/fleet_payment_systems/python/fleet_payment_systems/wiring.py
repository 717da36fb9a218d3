"""Puts the taxi parks' service together, once, from settings that fail loudly."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from fleet_payment_systems.billers import Biller
from fleet_payment_systems.clients import (
    BillingAccounts,
    DriverDirectory,
    ExportFiles,
    FleetTransactions,
)
from fleet_payment_systems.specs import Spec
from fleet_payment_systems.store.exports import ExportStore
from fleet_payment_systems.store.ledger import LedgerStore
from fleet_payment_systems.store.money import MoneyStore
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.bill_news import BillNews
from fleet_payment_systems.use_cases.callbacks import Callbacks
from fleet_payment_systems.use_cases.cancels import Cancels
from fleet_payment_systems.use_cases.confirms import Confirms
from fleet_payment_systems.use_cases.credits import Credits
from fleet_payment_systems.use_cases.exports import Exports
from fleet_payment_systems.use_cases.gate import Gate
from fleet_payment_systems.use_cases.links import Links
from fleet_payment_systems.use_cases.listing import Listing
from fleet_payment_systems.use_cases.wallets import Wallets
from shared import clock, secrets_store
from shared.clock import to_ms
from shared.keys import Peppers
from shared.settings import from_env
from shared.tasks import Tasks
from shared.upstream import Upstream
from shared.vault import Vault

if TYPE_CHECKING:
    from fleet_payment_systems.schema.dispatchers import Dispatchers
    from fleet_payment_systems.schema.pros import Pros
    from fleet_payment_systems.use_cases.bill_polls import BillPolls
    from fleet_payment_systems.use_cases.bills import Bills
    from fleet_payment_systems.use_cases.export_files import ExportWriter
    from fleet_payment_systems.use_cases.lookup import Lookup
    from fleet_payment_systems.use_cases.rotation import Rotation
    from fleet_payment_systems.use_cases.stops import Stops

# A callback's Lambda speaks one protocol, and knows neither Chalice nor pydantic: what would load
# them is imported by whom it serves.


@dataclass(frozen=True, slots=True)
class Settings:
    """What both templates of the taxi parks set; tables read their own names."""

    queue_url_prefix: str
    vault_key: str
    link_pepper_secret: str
    billing_url: str
    fleet_transactions_url: str


@dataclass(frozen=True, slots=True)
class DispatcherSettings:
    """What only the functions behind the dispatchers' API need."""

    dispatcher_roles: str
    fps_base_url: str


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What only the functions around exports need."""

    exports_bucket: str


@dataclass(frozen=True, slots=True)
class BillSettings:
    """What only the functions around drivers' bills need."""

    qiwi_url: str
    paystack_url: str
    bill_ttl_min: int
    bill_poll_period_sec: int


@dataclass(frozen=True, slots=True)
class ProSettings:
    """What only the functions behind the drivers' app need."""

    pro_roles: str


@cache
def settings() -> Settings:
    return from_env(Settings)


@cache
def dispatcher_settings() -> DispatcherSettings:
    return from_env(DispatcherSettings)


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
def bill_settings() -> BillSettings:
    return from_env(BillSettings)


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
    return Wallets(WalletStore(), vault(), specs(), link_peppers, clock.SYSTEM)


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
    return ExportFiles(from_env(ExportSettings).exports_bucket)


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

    return Pros.parse(from_env(ProSettings).pro_roles)


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
