"""Puts scooters_payments together, once, from settings that fail loudly."""

from dataclasses import dataclass
from functools import cache

from scooters_payments.clients import DepositEngine, MobilitySessions
from scooters_payments.model import ReleaseAfter
from scooters_payments.model.rollout import Rollout
from scooters_payments.store import DepositStore
from scooters_payments.use_cases.callbacks import Callbacks, RideEvents
from scooters_payments.use_cases.checks import PROBLEMS, Checks
from scooters_payments.use_cases.holds import Holds
from scooters_payments.use_cases.left_open import LeftOpen
from scooters_payments.use_cases.lookup import Lookup
from scooters_payments.use_cases.releases import Releases
from scooters_payments.use_cases.returns import Resizes, Returns
from scooters_payments.use_cases.starts import Starts
from scooters_payments.use_cases.support import Support
from shared import clock
from shared.invoices import VersionedInvoices
from shared.settings import from_env
from shared.tasks import Tasks
from shared.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Settings:
    """What templates/scooters_payments.yaml sets; tables read their own names.

    Lists are comma separated.
    """

    queue_url_prefix: str
    transactions_url: str
    sessions_url: str
    deposit_block_max_sec: int
    deposit_open_max_min: int
    deposit_max_amount: str
    deposit_rollout_percent: int
    deposit_rollout_salt: str
    deposit_rollout_users: str
    deposit_rollout_cities: str
    deposit_update_enabled: str
    fail_policy_deny: str
    release_after: ReleaseAfter
    payment_poll_period_sec: int


@cache
def settings() -> Settings:
    return from_env(Settings)


def tasks() -> Tasks:
    return Tasks(clock.SYSTEM, settings().queue_url_prefix)


def engine() -> DepositEngine:
    upstream = Upstream("transactions", settings().transactions_url)
    return DepositEngine(VersionedInvoices(upstream))


def starts() -> Starts:
    found = settings()
    rollout = Rollout(
        percent=found.deposit_rollout_percent,
        salt=found.deposit_rollout_salt,
        users=_names(found.deposit_rollout_users),
        cities=_names(found.deposit_rollout_cities),
    )
    return Starts(
        store=DepositStore(),
        tasks=tasks(),
        clock=clock.SYSTEM,
        rollout=rollout,
        amount_max=found.deposit_max_amount,
        open_max_s=found.deposit_open_max_min * 60,
    )


def holds() -> Holds:
    found = settings()
    return Holds(
        store=DepositStore(),
        tasks=tasks(),
        engine=engine(),
        clock=clock.SYSTEM,
        poll_period_s=found.payment_poll_period_sec,
        block_max_s=found.deposit_block_max_sec,
    )


def checks() -> Checks:
    """Raises ValueError for a denied problem that does not exist: it would deny nothing."""
    denied = _names(settings().fail_policy_deny)
    if denied - PROBLEMS:
        raise ValueError("FAIL_POLICY_DENY has a problem that does not exist")
    return Checks(DepositStore(), holds(), clock.SYSTEM, denied)


def returns() -> Returns:
    return Returns(DepositStore(), tasks(), clock.SYSTEM, settings().release_after)


def resizes() -> Resizes:
    found = settings()
    return Resizes(
        store=DepositStore(),
        tasks=tasks(),
        clock=clock.SYSTEM,
        returns=returns(),
        enabled=found.deposit_update_enabled == "true",
        amount_max=found.deposit_max_amount,
    )


def releases() -> Releases:
    poll_period_s = settings().payment_poll_period_sec
    return Releases(DepositStore(), tasks(), engine(), clock.SYSTEM, poll_period_s)


def left_open() -> LeftOpen:
    sessions = MobilitySessions(Upstream("sessions", settings().sessions_url))
    return LeftOpen(DepositStore(), returns(), holds(), sessions, clock.SYSTEM)


def callbacks() -> Callbacks:
    return Callbacks(DepositStore(), tasks(), clock.SYSTEM)


def ride_events() -> RideEvents:
    return RideEvents(tasks(), clock.SYSTEM)


def support() -> Support:
    return Support(DepositStore())


def lookup() -> Lookup:
    return Lookup(DepositStore())


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())
