"""A wallet as its adapter may see it."""

from collections.abc import Mapping

from fleet_payment_systems.model import Wallet
from fleet_payment_systems.ports import Safe
from fleet_payment_systems.providers.base import Account
from fleet_payment_systems.use_cases.passwords import sealing_context


def account_of(wallet: Wallet, safe: Safe, sealed_by_name: Mapping[str, str]) -> Account:
    """With these credentials, open. Raises Unavailable."""
    credentials = {
        name: safe.open(sealed, sealing_context(wallet.wallet_id, name))
        for name, sealed in sealed_by_name.items()
    }
    return Account(
        profile=wallet.profile,
        currency=wallet.currency,
        timezone=wallet.timezone,
        settings=wallet.settings,
        credentials=credentials,
        minimum=wallet.limits.minimum,
        maximum=wallet.limits.maximum,
    )
