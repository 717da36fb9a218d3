"""A payment system that changes its own password (Paynet's ChangePassword)."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from fleet_payment_systems.model import Wallet
from fleet_payment_systems.ports import Safe
from shared.secret import Secret

PASSWORD: Final = "password"
_LENGTH_MIN: Final = 7
_LENGTH_MAX: Final = 100


def sealing_context(wallet_id: str, name: str) -> dict[str, str]:
    """KMS's encryption context of a wallet's credential (L7)."""
    return {"table": "wallets", "wallet_id": wallet_id, "field": name}


def with_password(wallet: Wallet, password: Secret, safe: Safe, now: datetime) -> Wallet | None:
    """The wallet's next revision with `password` sealed in it; None when it is too weak."""
    if not _LENGTH_MIN <= len(password.reveal()) <= _LENGTH_MAX:
        return None
    sealed = safe.seal(password, sealing_context(wallet.wallet_id, PASSWORD))
    credentials = {**wallet.credentials, PASSWORD: sealed}
    changed = replace(wallet, credentials=credentials, overlap=None)
    return replace(changed, rev=wallet.rev + 1, updated_at=now)
