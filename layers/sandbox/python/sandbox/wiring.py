"""Puts the sandbox together, once, from the environment of its template."""

import json
from dataclasses import dataclass
from functools import cache

from sandbox.billing import Balances
from sandbox.bills import Bills
from sandbox.callbacks import Callbacks
from sandbox.cashback import Cashback
from sandbox.chat import Chat
from sandbox.clients import QrOrders, RideBus
from sandbox.eda import Documents
from sandbox.faults import Faults
from sandbox.fleet_transactions import Books
from sandbox.merch_payments import MerchPayments
from sandbox.notify import Notifications
from sandbox.sessions import Sessions
from sandbox.store import InvoiceStore
from sandbox.use_cases import Invoices
from shared.clock import SYSTEM
from shared.internal import Internal
from shared.settings import from_env


@dataclass(frozen=True)
class Settings:
    stage: str
    invoices_table: str
    ledger_table: str
    documents_table: str
    notifications_table: str
    faults_table: str
    billing_table: str
    fleet_transactions_table: str
    sessions_table: str
    payments_bus: str
    queue_url_prefix: str
    originator_queues: str
    sandbox_delay_sec: int
    eda_receipt_delay_sec: int


@cache
def _settings() -> Settings:
    return from_env(Settings)


@cache
def invoices() -> Invoices:
    settings = _settings()
    callbacks = Callbacks(settings.queue_url_prefix, json.loads(settings.originator_queues))
    return Invoices(InvoiceStore(), callbacks, SYSTEM, settings.sandbox_delay_sec * 1000)


@cache
def documents() -> Documents:
    return Documents(SYSTEM, _settings().eda_receipt_delay_sec)


@cache
def cashback() -> Cashback:
    settings = _settings()
    return Cashback(QrOrders(Internal(settings.stage)), settings.queue_url_prefix, SYSTEM)


@cache
def notifications() -> Notifications:
    _settings()
    return Notifications(SYSTEM)


@cache
def balances() -> Balances:
    _settings()
    return Balances(SYSTEM)


@cache
def books() -> Books:
    _settings()
    return Books(SYSTEM)


def bills(system: str) -> Bills:
    _settings()
    return Bills(system, SYSTEM)


@cache
def merch_payments() -> MerchPayments:
    _settings()
    return MerchPayments(SYSTEM)


@cache
def sessions() -> Sessions:
    return Sessions(RideBus(_settings().payments_bus), SYSTEM)


@cache
def chat() -> Chat:
    return Chat(notifications(), SYSTEM)


@cache
def faults(system: str) -> Faults:
    _settings()
    return Faults(system)
