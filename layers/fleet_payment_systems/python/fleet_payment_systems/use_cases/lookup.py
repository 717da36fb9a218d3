"""Wallets and transactions by whatever id somebody has of them; a key's parts are joined by #."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from fleet_payment_systems.model import Link, Transaction, Wallet, Wanted
from fleet_payment_systems.store.exports import ExportStore
from fleet_payment_systems.store.journal import JournalStore
from fleet_payment_systems.store.ledger import LedgerStore
from fleet_payment_systems.store.money import MoneyStore
from fleet_payment_systems.store.wallets import WalletStore
from shared.clock import to_iso
from shared.finding import Found

_TX_ID: Final = re.compile(r"[0-9]{19}", re.ASCII)
_NEWEST: Final = 10
_EVER: Final = (datetime(1970, 1, 2, tzinfo=UTC), datetime(2039, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Lookup:
    wallets_store: WalletStore
    money: MoneyStore
    ledger: LedgerStore
    exports: ExportStore
    journal: JournalStore

    def wallets(self, text: str) -> Iterator[Found]:
        """By wallet id, or all of a park."""
        one = self.wallets_store.find(text)
        found = self.wallets_store.of_park(text) if one is None else [one]
        yield from (Found("wallet", wallet.wallet_id, _of_wallet(wallet)) for wallet in found)

    def transactions(self, text: str) -> Iterator[Found]:
        """By <park>#<system>#<their number>, <park>#<tx id>, the newest of <park>#<driver>; an
        export by <park>#<export id>. By a tx id alone: what the journal says of it.
        """
        park_id, _, rest = text.partition("#")
        if rest:
            found = self._known(text, park_id, rest)
            yield from (Found("transaction", one.tx_id, _of_transaction(one)) for one in found)
            export = self.exports.find(park_id, rest)
            if export is not None:
                yield Found("export", export.export_id, {"state": export.state.value})
        elif _TX_ID.fullmatch(text):
            events = self.journal.of_transaction(text)
            if events:
                yield Found("journal", text, {"events": events})

    def _known(self, text: str, park_id: str, rest: str) -> Sequence[Transaction]:
        claim = self.money.claim(f"pay#{text}")
        first = None if claim is None else claim.first
        tx_id = rest if first is None else first.tx_id
        one = self.money.transaction(park_id, tx_id) if _TX_ID.fullmatch(tx_id) else None
        if one is not None:
            return [one]
        wanted = Wanted(park_id, *_EVER, driver_id=rest)
        strip = self.ledger.strip(wanted, "", newest_first=True)
        return self.ledger.read(wanted, strip, _NEWEST)


def _of_wallet(wallet: Wallet) -> dict[str, Any]:
    return {
        **{"park_id": wallet.park_id, "system": wallet.system, "currency": wallet.currency},
        **{"enabled": wallet.enabled, "stopped": wallet.stopped, "rev": wallet.rev},
        "deleted": wallet.deleted_at is not None,
        "updated_at": to_iso(wallet.updated_at),
        "links": {link.link_id: _of_link(link) for link in wallet.links},
    }


def _of_link(link: Link) -> str:
    if link.revoked_at is not None:
        return f"revoked {to_iso(link.revoked_at)}"
    return f"ends {to_iso(link.not_after)}" if link.not_after else "active"


def _of_transaction(one: Transaction) -> dict[str, Any]:
    return {
        **{"park_id": one.park_id, "wallet_id": one.wallet_id, "system": one.system},
        **{"txn": one.txn, "direction": one.direction.value},
        **{"state": one.state.value, "step": one.step.value, "reason": one.reason},
        **{"amount": str(one.amount), "currency": one.amount.currency},
        "driver_id": one.driver_id,
        **{"fleet_tx_id": one.fleet_tx_id, "reversed_by": one.reversed_by},
        "updated_at": to_iso(one.updated_at),
    }
