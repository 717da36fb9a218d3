"""Wallets in both stores (FP-22, decision 25): phases 1 to 3 read the old one, 3a reads ours.

A write is the same in each of these phases, so that a change of phase meets none half way: the
repair is armed, the old item is swapped, ours becomes its copy. A process that dies in between
leaves the repair, which copies; so does one whose copy failed, and its caller is told 503.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from fleet_payment_systems.model import Wallet
from fleet_payment_systems.old_items import KEPT, Unreadable
from fleet_payment_systems.old_texts import without, written
from fleet_payment_systems.ports import OldItem, Safe
from fleet_payment_systems.store.wallets import Line, RequestMark
from fleet_payment_systems.task_names import REPAIR
from fleet_payment_systems.use_cases.copies import Copied, Copies
from fleet_payment_systems.use_cases.shadow import differences
from shared import logs, metrics
from shared.errors import Unavailable
from shared.secret import Secret
from shared.store import ConditionFailed, Transaction, commit
from shared.tasks import Tasks, Ticket

# Longer than any function that writes a wallet lives.
_REPAIR_AFTER: Final = timedelta(seconds=30)
_OLD: Final = frozenset({"old_item"})


@dataclass(frozen=True, slots=True)
class Remembering:
    """Port Safe: what it has just sealed the old store wants in the clear."""

    safe: Safe
    fresh: dict[str, Secret] = field(default_factory=dict, repr=False)

    def seal(self, value: Secret, context: Mapping[str, str]) -> str:
        sealed = self.safe.seal(value, context)
        self.fresh[sealed] = value
        return sealed

    def open(self, sealed: str, context: Mapping[str, str]) -> Secret:
        return self.safe.open(sealed, context)


@dataclass(frozen=True, slots=True)
class PairedBook:
    """`reads_own`: phase 3a."""

    copies: Copies
    tasks: Tasks
    safe: Remembering
    reads_own: bool

    def find(self, park_id: str, wallet_id: str) -> Wallet | None:
        if not self.reads_own:
            return self._seen(park_id, self.copies.old.get(park_id, wallet_id))
        found = self.copies.store.find(wallet_id)
        if found is not None and found.park_id == park_id:
            self._compare([found])
        return found

    def of_park(self, park_id: str) -> list[Wallet]:
        own = self.copies.store.of_park(park_id)
        if self.reads_own:
            self._compare(own)
            return own
        copies = {one.wallet_id: one for one in own}
        items = self.copies.old.of_park(park_id)
        found = [self._readable(park_id, item, copies.get(item.wallet_id)) for item in items]
        return sorted((one for one in found if one), key=lambda one: one.wallet_id)

    def base(self, park_id: str, wallet_id: str) -> Wallet | None:
        item = self.copies.old.get(park_id, wallet_id)
        if item.gone:
            # Whoever deleted it may have died before our store knew.
            self._follow(park_id, wallet_id, None)
        return self._seen(park_id, item)

    def request(self, claim_id: str) -> RequestMark | None:
        return self.copies.store.request(claim_id)

    def add(self, wallet: Wallet, line: Line, mark: RequestMark | None) -> None:
        """The id is new, or one that this request chose before it died: then it may be there."""
        self._arm(wallet, line, mark)
        self._swap(wallet, None, written(None, wallet, self._fresh(wallet)))
        self._follow(wallet.park_id, wallet.wallet_id, line)

    def save(self, wallet: Wallet, line: Line) -> None:
        """ConditionFailed also when the old service has changed the wallet since its base."""
        item = self.copies.old.get(wallet.park_id, wallet.wallet_id)
        if item.text is None or not self.copies.is_of(wallet, item.text):
            raise ConditionFailed(_OLD)
        if wallet.overlap is not None and KEPT in wallet.overlap.credentials.values():
            raise Unavailable("wallet_not_copied")
        self._arm(wallet, line, None)
        if not self._swap(wallet, item.text, self._text(item, wallet)):
            raise ConditionFailed(_OLD)
        self._follow(wallet.park_id, wallet.wallet_id, line)

    def repair(self, ticket: Ticket) -> None:
        """Task fps_repair_wallet: what a write may have left half done (FP-22)."""
        told = ticket.payload
        line = Line(int(told["rev"]), "copied", str(told["by"]), {})
        state = self.copies.copy(str(told["park_id"]), str(told["wallet_id"]), line)
        if state != Copied.SAME:
            logs.info("wallet_repaired", wallet_id=told["wallet_id"], state=state.value)
        ticket.finish()

    def _text(self, item: OldItem, wallet: Wallet) -> Secret | None:
        if wallet.deleted_at is not None:
            return None
        old = self.copies.read(wallet.park_id, item, None)
        kept = wallet.settings.keys() | wallet.credentials.keys()
        removed = (old.wallet.settings.keys() | old.secrets.keys()) - kept
        switched = old.wallet.enabled != wallet.enabled
        return without(written(item.text, wallet, self._fresh(wallet), switched), removed)

    def _fresh(self, wallet: Wallet) -> dict[str, Secret]:
        fresh = self.safe.fresh
        return {name: fresh[one] for name, one in wallet.credentials.items() if one in fresh}

    def _arm(self, wallet: Wallet, line: Line, mark: RequestMark | None) -> None:
        writes = Transaction()
        payload: dict[str, str | int] = {
            "park_id": wallet.park_id,
            "wallet_id": wallet.wallet_id,
            "by": line.actor,
            "rev": line.rev,
        }
        if mark is not None:
            self.copies.store.remember(writes, mark, wallet.park_id)
        due_at = self.copies.clock.now() + _REPAIR_AFTER
        self.tasks.arm(writes, f"{REPAIR}#{wallet.wallet_id}", payload, due_at)
        commit(writes)

    def _swap(self, wallet: Wallet, was: Secret | None, new: Secret | None) -> bool:
        now = self.copies.clock.now()
        return self.copies.old.swap(wallet.park_id, wallet.wallet_id, was, new, now)

    def _follow(self, park_id: str, wallet_id: str, line: Line | None) -> None:
        """The second store, before anybody is told success: a link that is revoked is (L3)."""
        try:
            self.copies.copy(park_id, wallet_id, line)
        except Unreadable as problem:
            logs.error("wallet_not_copied", wallet_id=wallet_id, reason=problem.reason)
            raise Unavailable("wallet_not_copied") from problem
        finally:
            self.safe.fresh.clear()

    def _seen(self, park_id: str, item: OldItem) -> Wallet | None:
        copy = self.copies.store.find(item.wallet_id)
        if item.text is not None:
            return self._readable(park_id, item, copy)
        return copy if copy is not None and copy.deleted_at is not None else None

    def _readable(self, park_id: str, item: OldItem, copy: Wallet | None) -> Wallet | None:
        """An item that nobody can read is no wallet here: the import reports it."""
        try:
            found = self.copies.read(park_id, item, copy).wallet
        except Unreadable as problem:
            logs.error("old_item_unreadable", wallet_id=item.wallet_id, reason=problem.reason)
            return None
        if copy is not None and self.copies.is_of(copy, item.content):
            # Their ciphertexts, for what is to be good for a while yet when it is rotated.
            found = replace(found, credentials=copy.credentials)
        return replace(found, old_mark=self.copies.mark(item.content))

    def _compare(self, own: Sequence[Wallet]) -> None:
        """Phase 3a: tells, and changes no answer. One that is being written is looked at twice."""
        for one in own:
            try:
                found = self._differing(one) and self._differing(
                    self.copies.store.find(one.wallet_id) or one
                )
            except Unavailable:
                metrics.count("FpsWalletShadow", Result="unknown")
                continue
            metrics.count("FpsWalletShadow", Result="differs" if found else "same")
            if found:
                logs.error("wallets_differ", wallet_id=one.wallet_id, fields=" ".join(found))

    def _differing(self, own: Wallet) -> list[str]:
        item = self.copies.old.get(own.park_id, own.wallet_id)
        return differences(self.copies, own.park_id, item, own)
