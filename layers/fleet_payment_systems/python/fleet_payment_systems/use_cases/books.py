"""Where wallets are kept: in our store alone, or in the old one and ours (decision 25)."""

from dataclasses import dataclass
from typing import Protocol

from fleet_payment_systems.model import Wallet
from fleet_payment_systems.store.wallets import Line, RequestMark, WalletStore
from shared.store import Transaction, commit


class Book(Protocol):
    """A write raises ConditionFailed when the wallet is another by now, and Unavailable."""

    def find(self, park_id: str, wallet_id: str) -> Wallet | None:
        """As people see it; one of another park, or a deleted one, may be found."""
        ...

    def of_park(self, park_id: str) -> list[Wallet]:
        """Those that are not deleted."""
        ...

    def base(self, park_id: str, wallet_id: str) -> Wallet | None:
        """As `find`: what a change starts from."""
        ...

    def request(self, claim_id: str) -> RequestMark | None: ...

    def add(self, wallet: Wallet, line: Line, mark: RequestMark | None) -> None: ...

    def save(self, wallet: Wallet, line: Line) -> None:
        """`wallet` carries the next rev after that of its base."""
        ...


@dataclass(frozen=True, slots=True)
class OwnBook:
    """Our store alone: phase 4, and every installation that never had another."""

    store: WalletStore

    def find(self, park_id: str, wallet_id: str) -> Wallet | None:
        return self.store.find(wallet_id)

    def of_park(self, park_id: str) -> list[Wallet]:
        return self.store.of_park(park_id)

    def base(self, park_id: str, wallet_id: str) -> Wallet | None:
        return self.store.find(wallet_id)

    def request(self, claim_id: str) -> RequestMark | None:
        return self.store.request(claim_id)

    def add(self, wallet: Wallet, line: Line, mark: RequestMark | None) -> None:
        writes = Transaction()
        self.store.add(writes, wallet, line.actor, line.details)
        if mark is not None:
            self.store.remember(writes, mark, wallet.park_id)
        commit(writes)

    def save(self, wallet: Wallet, line: Line) -> None:
        writes = Transaction()
        self.store.save(writes, wallet, line.name, line.actor, line.details)
        commit(writes)
