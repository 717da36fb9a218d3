"""What the template sets for functions of the taxi parks; tables read their own names."""

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class PhaseSettings:
    """Which phase of decision 25 this is: "1", "2", "3", "3a", or "4", our store alone."""

    wallet_store_phase: str


@dataclass(frozen=True, slots=True)
class MigrationSettings:
    """What only the functions that write wallets need, and only before phase 4."""

    old_store_secret: str


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What only the function that writes to the parks needs."""

    mail_from: str
