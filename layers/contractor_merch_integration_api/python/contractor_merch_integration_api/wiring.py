"""Puts the service together, once, from the environment of its template."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from contractor_merch_integration_api.clients import DriverPayments
from contractor_merch_integration_api.operations import Outcome
from contractor_merch_integration_api.store import ClientStore, PurchaseStore
from contractor_merch_integration_api.use_cases.checks import Checks
from contractor_merch_integration_api.use_cases.clients import Clients
from contractor_merch_integration_api.use_cases.following import Following
from contractor_merch_integration_api.use_cases.gate import Gate
from contractor_merch_integration_api.use_cases.purchases import Purchases
from contractor_merch_integration_api.use_cases.refunds import Refunds
from contractor_merch_integration_api.use_cases.reversals import Reversals
from shared.clock import SYSTEM
from shared.ids import new_id
from shared.secret import Secret
from shared.settings import from_env
from shared.tasks import Tasks
from shared.upstream import Upstream
from shared.vault import Vault

if TYPE_CHECKING:
    from contractor_merch_integration_api.use_cases.lookup import Lookup

_UPSTREAM_TIMEOUT_S = 3


@dataclass(frozen=True, slots=True)
class Settings:
    queue_url_prefix: str
    vault_key: str
    merch_payments_url: str
    mobi_sync_wait_sec: int
    merch_poll_sec: int


@cache
def settings() -> Settings:
    return from_env(Settings)


@cache
def vault() -> Vault:
    return Vault(settings().vault_key)


@cache
def payments() -> DriverPayments:
    return DriverPayments(
        Upstream("merch_payments", settings().merch_payments_url, _UPSTREAM_TIMEOUT_S)
    )


def tasks() -> Tasks:
    return Tasks(SYSTEM, settings().queue_url_prefix)


def lookup() -> "Lookup":
    from contractor_merch_integration_api.use_cases.lookup import Lookup

    return Lookup(PurchaseStore(), ClientStore())


def gate() -> Gate:
    return Gate(ClientStore(), vault())


def following() -> Following:
    return Following(PurchaseStore(), tasks(), payments(), SYSTEM)


def purchases() -> Purchases:
    return Purchases(
        store=PurchaseStore(),
        tasks=tasks(),
        following=following(),
        clock=SYSTEM,
        new_id=new_id,
        wait_s=settings().mobi_sync_wait_sec,
        pause=time.sleep,
    )


def reversals() -> Reversals:
    return Reversals(PurchaseStore(), following(), SYSTEM)


def refunds() -> Refunds:
    return Refunds(PurchaseStore(), tasks(), payments(), SYSTEM)


def operations() -> Mapping[str, Callable[[Any, Any], Outcome]]:
    """Use cases by the last word of their path."""
    return {
        "authorize": purchases().authorize,
        "status": purchases().status,
        "reverse": reversals().reverse,
        "refund": refunds().refund,
    }


def checks() -> Checks:
    poll_s = settings().merch_poll_sec
    return Checks(PurchaseStore(), following(), refunds(), SYSTEM, poll_s)


def clients() -> Clients:
    return Clients(
        store=ClientStore(),
        safe=vault(),
        clock=SYSTEM,
        new_id=lambda: secrets.token_hex(8),
        new_secret=lambda: Secret(secrets.token_urlsafe(32)),
    )
