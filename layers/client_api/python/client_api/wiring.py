"""Puts client_api together, once a process, from the settings of its template."""

from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from client_api.clients import EatsPaymentMethods, QrOrders, QrPartners, ReceiptBucket
from client_api.ports import Restaurants
from client_api.use_cases import GuestOrders, Payments, ReceiptLinks
from shared import secrets_store
from shared.internal import Internal
from shared.settings import from_env
from shared.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Settings:
    """`public_base_url` may be empty, and may hold "{api_id}": see ReceiptLinks.at."""

    stage: str
    payment_methods_url: str
    qr_base_url: str
    public_base_url: str
    receipts_bucket: str
    receipt_link_pepper_secret: str
    receipt_url_ttl_sec: int


@cache
def _settings() -> Settings:
    return from_env(Settings)


def pepper_secret() -> str:
    """The name of the secret that receipt links are made with."""
    return _settings().receipt_link_pepper_secret


@cache
def _orders() -> QrOrders:
    return QrOrders(Internal(_settings().stage))


@cache
def payments() -> Payments:
    settings = _settings()
    methods = EatsPaymentMethods(Upstream("payment_methods", settings.payment_methods_url))
    return Payments(_orders(), methods, urlsplit(settings.qr_base_url).netloc.lower())


@cache
def guest_orders() -> GuestOrders:
    return GuestOrders(_orders())


@cache
def receipt_links() -> ReceiptLinks:
    settings = _settings()
    return ReceiptLinks(
        public_base_url=settings.public_base_url,
        peppers=lambda: secrets_store.peppers(settings.receipt_link_pepper_secret),
        files=ReceiptBucket(settings.receipts_bucket, settings.receipt_url_ttl_sec),
    )


@cache
def restaurants() -> Restaurants:
    return QrPartners(Internal(_settings().stage))
