"""Puts operations together, once, from settings that fail loudly."""

from dataclasses import dataclass
from functools import cache

from operations.clients import Finders, Webhook
from operations.use_cases import Alerts, Finding
from shared.settings import from_env


@dataclass(frozen=True, slots=True)
class Settings:
    chat_secret: str
    runbook_url: str


@dataclass(frozen=True, slots=True)
class FindSettings:
    """What only the function that asks every service needs."""

    stage: str
    find_services: str


@cache
def finding() -> Finding:
    settings = from_env(FindSettings)
    return Finding(Finders(settings.stage), settings.find_services.split(","))


@cache
def alerts() -> Alerts:
    settings = from_env(Settings)
    return Alerts(Webhook(settings.chat_secret), settings.runbook_url)
