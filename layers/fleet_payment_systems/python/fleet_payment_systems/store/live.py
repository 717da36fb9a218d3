"""All wallets that are not deleted, by system: an index that only crons read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fleet_payment_systems.model import Wallet
from fleet_payment_systems.store import CLAIM
from fleet_payment_systems.store.wallets import wallet_of
from fleet_payment_systems.tables import ClaimRow, WalletRow
from shared.clock import from_ms
from shared.store import Store, Transaction, available

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Live:
    """What the index has of a wallet; it may be late by a moment."""

    wallet_id: str
    park_id: str
    token_expires_at: datetime | None


class LiveWallets(Store):
    def of_system(self, system: str) -> Iterator[Live]:
        """Pages of a thousand; a wallet is some 150 bytes of the index."""
        with available():
            for row in WalletRow.by_system.query(system, page_size=_PAGE):
                ends = row.token_expires_at
                yield Live(row.wallet_id, row.park_id, None if ends is None else from_ms(ends))

    def now(self, wallet_ids: list[str]) -> list[Wallet]:
        """Those that exist, as they are now."""
        return [wallet_of(row) for row in WalletRow.find_all([(one,) for one in wallet_ids])]

    def claimed(self, claim_ids: list[str]) -> set[str]:
        return {row.claim_id for row in ClaimRow.find_all([(one,) for one in claim_ids])}

    def claim(self, writes: Transaction, claim_id: str, wallet: Wallet) -> None:
        row = ClaimRow(claim_id, park_id=wallet.park_id, wallet_id=wallet.wallet_id)
        writes.put(row, CLAIM)
