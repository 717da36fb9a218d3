"""Puts qr_partner_integration together. The polled path loads it: nothing heavy here."""

from dataclasses import dataclass
from functools import cache

from qr_partner_integration.clients import OrdersClient, PartnersClient
from qr_partner_integration.use_cases import Opening, Till
from shared.clock import SYSTEM
from shared.internal import Internal
from shared.settings import from_env


@dataclass(frozen=True, slots=True)
class Settings:
    stage: str


@cache
def _internal() -> Internal:
    return Internal(from_env(Settings).stage)


@cache
def till() -> Till:
    return Till(OrdersClient(_internal()), SYSTEM)


@cache
def opening() -> Opening:
    partners = PartnersClient(_internal(), SYSTEM)
    return Opening(partners, OrdersClient(_internal()), SYSTEM)
