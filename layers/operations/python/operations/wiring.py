"""Puts operations together, once, from settings that fail loudly."""

from dataclasses import dataclass
from functools import cache

from operations.clients import Webhook
from operations.use_cases import Alerts
from shared.settings import from_env


@dataclass(frozen=True, slots=True)
class Settings:
    chat_secret: str
    runbook_url: str


@cache
def alerts() -> Alerts:
    settings = from_env(Settings)
    return Alerts(Webhook(settings.chat_secret), settings.runbook_url)
