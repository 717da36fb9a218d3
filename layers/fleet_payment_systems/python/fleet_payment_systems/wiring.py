"""Puts the taxi parks' service together, once, from settings that fail loudly."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from fleet_payment_systems.clients import BillingAccounts, DriverDirectory, FleetTransactions
from fleet_payment_systems.store.money import MoneyStore
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.callbacks import Callbacks
from fleet_payment_systems.use_cases.cancels import Cancels
from fleet_payment_systems.use_cases.credits import Credits
from fleet_payment_systems.use_cases.gate import Gate
from shared import clock, secrets_store
from shared.clock import to_ms
from shared.settings import from_env
from shared.tasks import Tasks
from shared.upstream import Upstream
from shared.vault import Vault


@dataclass(frozen=True, slots=True)
class Settings:
    """What both templates of the taxi parks set; tables read their own names."""

    queue_url_prefix: str
    vault_key: str
    link_pepper_secret: str
    billing_url: str
    fleet_transactions_url: str


@cache
def settings() -> Settings:
    return from_env(Settings)


def new_tx_id(now: datetime) -> str:
    """19 digits below 2^62, so that they fit a protocol's signed 64 bits; they grow with time."""
    return f"{to_ms(now) << 21 | secrets.randbits(21):019d}"


@cache
def vault() -> Vault:
    return Vault(settings().vault_key)


def tasks() -> Tasks:
    return Tasks(clock.SYSTEM, settings().queue_url_prefix)


def gate() -> Gate:
    peppers = secrets_store.peppers(settings().link_pepper_secret)
    return Gate(WalletStore(), peppers, clock.SYSTEM)


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
