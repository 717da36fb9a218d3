"""A wallet of the park that tests play in."""

from decimal import Decimal
from typing import Final

from fleet_payment_systems.model import DriverLookup, Limits, Link, Wallet
from shared.money import Money

PARK: Final = "park-7"


def wallet_of(wallet_id: str, link: Link) -> Wallet:
    """One that is on, with one link, and neither limits nor commission."""
    return Wallet(
        wallet_id=wallet_id,
        park_id=PARK,
        system="plain",
        profile="default",
        title="Plain",
        enabled=True,
        currency="UZS",
        timezone="Asia/Tashkent",
        limits=Limits(),
        commission_rate=Decimal(0),
        driver_lookup=DriverLookup.CALLSIGN,
        allow_reversal=False,
        show_balance=False,
        settings={},
        credentials={},
        ip_allowlist=(),
        notify_emails=(),
        links=(link,),
        rev=1,
        created_at=link.created_at,
        updated_at=link.created_at,
    )


def som(major: int) -> Money:
    return Money(major * 100, "UZS")
