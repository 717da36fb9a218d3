"""Our store as a copy of the old one (decision 25): one step, whoever calls for it.

It commits our row only if that is what it read, and only with a higher revision: so a row never
goes back behind what somebody has copied before. The second half of every write, the repair of one
that died, and the import are this step, and any of them may run beside any other.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from fleet_payment_systems import store as labels
from fleet_payment_systems.model import Wallet
from fleet_payment_systems.old_items import OldWallet, Source, Unreadable, read
from fleet_payment_systems.old_texts import adopted
from fleet_payment_systems.ports import OldItem, OldStore, Safe
from fleet_payment_systems.specs import Spec
from fleet_payment_systems.store.copies import CopyStore
from fleet_payment_systems.store.wallets import Line
from fleet_payment_systems.use_cases.passwords import sealing_context
from fleet_payment_systems.use_cases.wallets import without_links
from shared.clock import Clock
from shared.errors import Unavailable
from shared.keys import Peppers
from shared.secret import Secret
from shared.store import ConditionFailed, Transaction, commit

_ATTEMPTS: Final = 8


class Copied(StrEnum):
    """What a step found, and so did: nothing to do, or what it committed."""

    SAME = "same"
    NEW = "new"
    CHANGED = "changed"
    DELETED = "deleted"
    LOST = "lost"
    """The old store has it no more, and not because we deleted it: people decide."""


@dataclass(frozen=True, slots=True)
class Copies:
    store: CopyStore
    old: OldStore
    safe: Safe
    specs: Mapping[str, Spec]
    peppers: Callable[[], Peppers]
    clock: Clock

    def read(self, park_id: str, item: OldItem, copy: Wallet | None) -> OldWallet:
        """The wallet of an item that is there. Raises Unreadable."""
        if item.text is None:
            raise Unreadable("not_there")
        own = copy if copy is not None and copy.park_id == park_id else None
        if copy is not None and own is None:
            raise Unreadable("wallet_of_another_park")
        source = Source(park_id, item.wallet_id, self.specs, self.peppers(), own, self.clock.now())
        return read(item.text, source)

    def mark(self, text: Secret) -> str:
        """What a copy remembers of its item: there are passwords in it, hence the pepper."""
        peppers = self.peppers()
        return f"{peppers.current}:{peppers.digest(peppers.current, text.reveal()).hex()}"

    def is_of(self, copy: Wallet, text: Secret) -> bool:
        """Whether `copy` was made of just this content."""
        pepper_id, _, kept = copy.old_mark.partition(":")
        digest = self.peppers().digest(pepper_id, text.reveal()).hex()
        return hmac.compare_digest(digest, kept)

    def state(self, park_id: str, item: OldItem, copy: Wallet | None) -> Copied:
        """What a step would do. Raises Unreadable."""
        if item.text is None:
            alive = copy is not None and copy.deleted_at is None
            return (Copied.DELETED if item.gone else Copied.LOST) if alive else Copied.SAME
        old = self.read(park_id, item, copy)
        if copy is None:
            return Copied.NEW
        if not copy.old_mark:
            raise Unreadable("not_a_copy")
        same = old.rev == copy.rev and self.is_of(copy, item.text)
        return Copied.SAME if same else Copied.CHANGED

    def copy(self, park_id: str, wallet_id: str, line: Line | None = None) -> Copied:
        """One wallet, and the journal's `line` of the write that calls for it.

        Raises Unreadable, Unavailable.
        """
        for _attempt in range(_ATTEMPTS):
            row = self.store.find(wallet_id)
            item = self.old.get(park_id, wallet_id)
            state = self.state(park_id, item, row)
            try:
                if self._step(park_id, item, row, state, line):
                    return state
            except ConditionFailed as problem:
                if labels.OLD_LINK in problem.labels:
                    raise Unreadable("link_of_another_wallet") from problem
                if labels.EVENT in problem.labels:
                    line = None
        raise Unavailable("contention")

    def _step(
        self, park_id: str, item: OldItem, row: Wallet | None, state: Copied, line: Line | None
    ) -> bool:
        """False when the item had to be given a revision first: look again."""
        writes = Transaction()
        rev = row.rev if row else 0
        match state:
            case Copied.NEW | Copied.CHANGED:
                old = self.read(park_id, item, row)
                if old.rev <= rev:
                    self._give_rev(park_id, item, old, row)
                    return False
                rev = old.rev
                self._put(writes, item, old, row)
            case Copied.DELETED if row is not None:
                rev = max(rev + 1, line.rev if line else 0)
                self._delete(writes, row, rev)
        if line is not None and line.rev <= rev:
            # A repair's line is of a write that may never have come to the old store.
            self.store.note(writes, item.wallet_id, line, self.clock.now())
        if writes.writes():
            commit(writes)
        return True

    def _put(self, writes: Transaction, item: OldItem, old: OldWallet, row: Wallet | None) -> None:
        wallet = replace(
            old.wallet,
            credentials={
                name: self.safe.seal(value, sealing_context(item.wallet_id, name))
                for name, value in old.secrets.items()
            },
            old_mark=self.mark(item.content),
        )
        self.store.copy(writes, wallet, row)
        for link in wallet.links:
            if link.hashed:
                self.store.keep_old_link(writes, wallet, link.digest)

    def _delete(self, writes: Transaction, row: Wallet, rev: int) -> None:
        now = self.clock.now()
        ended = replace(without_links(row, now), enabled=False, deleted_at=now)
        self.store.copy(writes, replace(ended, rev=rev, updated_at=now), row)

    def _give_rev(self, park_id: str, item: OldItem, old: OldWallet, row: Wallet | None) -> None:
        """The old service changed the item, or never knew revisions: ours counts on."""
        rev = (row.rev if row else 0) + 1
        text = adopted(item.content, replace(old.wallet, rev=rev))
        self.old.swap(park_id, item.wallet_id, item.content, text, self.clock.now())
