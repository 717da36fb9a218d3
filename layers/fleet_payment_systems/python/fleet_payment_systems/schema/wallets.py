"""Wire models of wallets (FP-04). A secret goes in and never comes out."""

import ipaddress
import json
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from fleet_payment_systems.model import Changes, DriverLookup, Limits, Link, Wallet
from fleet_payment_systems.use_cases.fields import missing, shown
from fleet_payment_systems.use_cases.links import active
from fleet_payment_systems.use_cases.wallets import NewWallet, Wallets
from shared.clock import to_iso
from shared.http import Request
from shared.secret import Secret
from shared.vault import VALUE_MAX
from shared.wire import Answer, Wire


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text))


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (LookupError, OSError) as problem:
        raise ValueError("no such time zone") from problem


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("no offset from UTC")
    return text


Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Title = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]
Amount = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$")]
Share = Annotated[str, Field(pattern=r"^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$")]
Email = Annotated[str, Field(pattern=r"^[^@\s,;<>]{1,64}@[^@\s,;<>]{1,190}$")]
Network = Annotated[str, Field(max_length=49), AfterValidator(_network)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]
Moment = Annotated[str, Field(max_length=40), AfterValidator(_moment)]
Value = Annotated[str, Field(max_length=VALUE_MAX)]
_AS_TOLD: Final = (
    *("title", "enabled", "profile", "timezone", "allow_reversal", "show_balance"),
    *("system", "currency"),
)
_TUPLES: Final = ("ip_allowlist", "notify_emails")


class LimitsWish(Wire):
    """None takes a limit away; one that is not named stays."""

    min: Amount | None = None
    max: Amount | None = None
    daily: Amount | None = None

    def texts(self) -> dict[str, str | None]:
        own = {"min": "minimum", "max": "maximum", "daily": "daily"}
        return {own[name]: getattr(self, name) for name in self.model_fields_set}


class Terms(Wire):
    """What may change: a term that is not named stays as it is.

    `credentials` are the fields of the system's catalogue entry, secret and plain alike; None
    takes one away.
    """

    title: Title | None = None
    enabled: bool | None = None
    profile: Code | None = None
    timezone: Zone | None = None
    limits: LimitsWish = LimitsWish()
    commission_rate: Share | None = None
    driver_lookup: Literal["pay_code", "phone", "license", "callsign"] | None = None
    allow_reversal: bool | None = None
    show_balance: bool | None = None
    credentials: dict[Code, Value | None] = Field(default={}, max_length=40, repr=False)
    ip_allowlist: list[Network] | None = Field(default=None, max_length=50)
    notify_emails: list[Email] | None = Field(default=None, max_length=10)
    token_expires_at: Moment | None = None

    def to_changes(self) -> Changes:
        terms: dict[str, object] = {name: getattr(self, name, None) for name in _AS_TOLD}
        terms |= {name: _tuple(getattr(self, name)) for name in _TUPLES}
        if self.commission_rate is not None:
            terms["commission_rate"] = Decimal(self.commission_rate)
        if self.driver_lookup is not None:
            terms["driver_lookup"] = DriverLookup(self.driver_lookup)
        told = {name: value for name, value in terms.items() if value is not None}
        if "token_expires_at" in self.model_fields_set:
            at = self.token_expires_at
            told["token_expires_at"] = None if at is None else datetime.fromisoformat(at)
        secrets = {
            name: None if value is None else Secret(value)
            for name, value in self.credentials.items()
        }
        return Changes(told, self.limits.texts(), secrets)


def _tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


class CreateWallet(Terms):
    system: Code
    currency: Currency
    title: Title

    def to_new(self, request: Request[Self]) -> NewWallet:
        content = json.dumps(self.model_dump(), sort_keys=True)
        key = request.idempotency_key
        return NewWallet(self.system, self.currency, self.to_changes(), key, Secret(content))


class UpdateWallet(Terms):
    """`rev` is the one that the dispatcher saw. System and currency may be told, not changed."""

    rev: int = Field(ge=1)
    system: Code | None = None
    currency: Currency | None = None


class LimitsView(Answer):
    min: str | None
    max: str | None
    daily: str | None

    @classmethod
    def of(cls, limits: Limits) -> Self:
        bounds = (limits.minimum, limits.maximum, limits.daily)
        least, most, daily = (None if bound is None else str(bound) for bound in bounds)
        return cls(min=least, max=most, daily=daily)


class LinkView(Answer):
    """A link without its text; `prefix` is how people recognise it."""

    link_id: str
    prefix: str
    created_at: str
    last_used_at: str | None
    not_after: str | None

    @classmethod
    def of(cls, link: Link) -> Self:
        return cls(
            link_id=link.link_id,
            prefix=link.shown,
            created_at=to_iso(link.created_at),
            last_used_at=_iso(link.last_used_at),
            not_after=_iso(link.not_after),
        )


class WalletView(Answer):
    """`missing` names what the wallet needs before it can be enabled; `link` is the newest active
    one, `ending_link` one that it replaced and that still works.
    """

    wallet_id: str
    system: str
    profile: str
    title: str
    enabled: bool
    currency: str
    timezone: str
    limits: LimitsView
    commission_rate: str
    driver_lookup: str
    allow_reversal: bool
    show_balance: bool
    credentials: dict[str, str]
    missing: list[str]
    ip_allowlist: list[str]
    notify_emails: list[str]
    link: LinkView | None
    ending_link: LinkView | None
    token_expires_at: str | None
    rev: int
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, wallet: Wallet, service: Wallets) -> Self:
        links = [LinkView.of(link) for link in active(wallet, service.clock.now())]
        return cls(
            wallet_id=wallet.wallet_id,
            system=wallet.system,
            profile=wallet.profile,
            title=wallet.title,
            enabled=wallet.enabled,
            currency=wallet.currency,
            timezone=wallet.timezone,
            limits=LimitsView.of(wallet.limits),
            commission_rate=format(wallet.commission_rate, "f"),
            driver_lookup=wallet.driver_lookup.value,
            allow_reversal=wallet.allow_reversal,
            show_balance=wallet.show_balance,
            credentials=shown(wallet),
            missing=missing(service.specs[wallet.system], wallet),
            ip_allowlist=list(wallet.ip_allowlist),
            notify_emails=list(wallet.notify_emails),
            link=links[-1] if links else None,
            ending_link=links[-2] if len(links) > 1 else None,
            token_expires_at=_iso(wallet.token_expires_at),
            rev=wallet.rev,
            created_at=to_iso(wallet.created_at),
            updated_at=to_iso(wallet.updated_at),
        )


class WalletList(Answer):
    """All of the park's, in the order of their making."""

    wallets: list[WalletView]

    @classmethod
    def of(cls, wallets: list[Wallet], service: Wallets) -> Self:
        return cls(wallets=[WalletView.of(wallet, service) for wallet in wallets])


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else to_iso(moment)
