"""Wallets as copies of the old store (decision 25), while there is one."""

from fleet_payment_systems.model import Wallet
from fleet_payment_systems.store import OLD_LINK, WALLET
from fleet_payment_systems.store.wallets import WalletStore, row_of, unchanged, wallet_of
from fleet_payment_systems.tables import ClaimRow, WalletRow
from shared.store import Transaction, available


class CopyStore(WalletStore):
    def copy(self, transaction: Transaction, wallet: Wallet, before: Wallet | None) -> None:
        """`wallet` in the place of `before`, which is still the same, or in an empty one."""
        same = None if before is None else unchanged(wallet, before.rev)
        transaction.put(row_of(wallet), WALLET, same)

    def keep_old_link(self, transaction: Transaction, wallet: Wallet, digest: str) -> None:
        """One link leads to one wallet: the commit fails when it is another wallet's."""
        claim_id = f"old-link#{digest}"
        row = ClaimRow(claim_id, park_id=wallet.park_id, wallet_id=wallet.wallet_id)
        mine = ClaimRow.claim_id.does_not_exist() | (ClaimRow.wallet_id == wallet.wallet_id)
        transaction.put(row, OLD_LINK, mine)

    def page(self, after: str, most: int) -> list[Wallet]:
        """The next `most` wallets of all parks behind wallet `after`, in the table's order."""
        last = {"wallet_id": {"S": after}} if after else None
        with available():
            rows = WalletRow.scan(limit=most, last_evaluated_key=last, consistent_read=True)
            return [wallet_of(row) for row in rows]
