"""Puts qr_partner_integration together. The polled path loads it: nothing heavy here."""

from dataclasses import dataclass
from functools import cache

from qr_partner_integration.activity import ActivityCheck
from qr_partner_integration.clients import OrdersClient, PartnersClient, SilentOrdersClient
from qr_partner_integration.limits import CallLimit, NewOrderLimit
from qr_partner_integration.store import OrderCounts
from qr_partner_integration.use_cases import Opening, Till
from shared.clock import SYSTEM
from shared.internal import Internal
from shared.settings import from_env


@dataclass(frozen=True, slots=True)
class Settings:
    """`call_…` bound all calls of a key, `new_orders_per_minute` those that open an order."""

    stage: str
    windows_table: str
    call_rate_per_s: int
    call_burst: int
    new_orders_per_minute: int


@cache
def _settings() -> Settings:
    return from_env(Settings)


@cache
def _internal() -> Internal:
    return Internal(_settings().stage)


@cache
def call_limit() -> CallLimit:
    return CallLimit(SYSTEM, _settings().call_rate_per_s, _settings().call_burst)


@cache
def till() -> Till:
    return Till(OrdersClient(_internal()), SYSTEM)


@cache
def opening() -> Opening:
    partners = PartnersClient(_internal(), SYSTEM)
    counts = OrderCounts(_settings().windows_table)
    limit = NewOrderLimit(counts, SYSTEM, _settings().new_orders_per_minute)
    return Opening(partners, OrdersClient(_internal()), SYSTEM, limit)


@cache
def activity_check() -> ActivityCheck:
    return ActivityCheck(SilentOrdersClient(_internal()), SYSTEM)
