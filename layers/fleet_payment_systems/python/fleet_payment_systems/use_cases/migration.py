"""By hand: copies the old store into ours, and says where they differ (FP-24, FP-46).

A page is a few parks; its answer says where the next begins, so that a run goes on where it was,
and a page that is done twice changes nothing. What must be read by people is a file of lines.
"""

import hmac
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from fleet_payment_systems.model import Wallet
from fleet_payment_systems.old_items import Unreadable
from fleet_payment_systems.ports import Files, OldItem, Safe
from fleet_payment_systems.use_cases.copies import Copies
from fleet_payment_systems.use_cases.passwords import sealing_context
from fleet_payment_systems.use_cases.shadow import differences
from shared import trace

_OLD: Final = "old"
_OWN: Final = "own"
_SHOWN_MAX: Final = 50
_OWN_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """`action`: import, compare or readers; `cursor` is that of the page before, "" at first."""

    action: str
    dry_run: bool
    run: str
    cursor: str
    parks: int


@dataclass(frozen=True, slots=True)
class Fact:
    """What became of one wallet, or how its two rows differ: names, never values."""

    park_id: str
    wallet_id: str
    state: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One call's: `cursor` "" is the end. `facts` are the first few; `file` has all of them."""

    counts: dict[str, int]
    facts: list[Fact]
    cursor: str
    file: str


@dataclass(frozen=True, slots=True)
class Migration:
    copies: Copies
    files: Files
    safe: Safe

    def run(self, wish: Wish) -> Report:
        """Pages until two thirds of the invocation's time are over, one at least."""
        if wish.action == "readers":
            return Report({"readers": self.copies.old.others()}, [], "", "")
        one = self._compared if wish.action == "compare" else self._importing(wish.dry_run)
        cursor, facts = wish.cursor or f"{_OLD}:0", list[Fact]()
        ends_at_s = trace.remaining_s() / 3
        while cursor:
            cursor, found = self._page(wish, cursor, one)
            facts += found
            if trace.remaining_s() < ends_at_s:
                break
        told = [fact for fact in facts if fact.state != "same"]
        return Report(
            dict(Counter(fact.state for fact in facts)),
            told[:_SHOWN_MAX],
            cursor,
            self._kept(wish, told),
        )

    def _page(
        self, wish: Wish, cursor: str, one: Callable[[str, OldItem], Fact]
    ) -> tuple[str, list[Fact]]:
        """Parks of the old store; behind the last, for a comparison, wallets that only we have."""
        side, _, place = cursor.partition(":")
        if side == _OLD:
            following, parks = self.copies.old.parks(int(place), wish.parks)
            found = [one(park_id, item) for park_id in parks for item in self._items(park_id)]
            ends = f"{_OWN}:" if wish.action == "compare" else ""
            return f"{_OLD}:{following}" if following else ends, found
        own = self.copies.store.page(place, _OWN_PAGE)
        only_ours = [fact for wallet in own for fact in self._only_ours(wallet)]
        return f"{_OWN}:{own[-1].wallet_id}" if len(own) == _OWN_PAGE else "", only_ours

    def _items(self, park_id: str) -> list[OldItem]:
        return self.copies.old.of_park(park_id)

    def _importing(self, dry_run: bool) -> Callable[[str, OldItem], Fact]:
        def one(park_id: str, item: OldItem) -> Fact:
            try:
                if dry_run:
                    copy = self.copies.store.find(item.wallet_id)
                    state = self.copies.state(park_id, item, copy)
                else:
                    state = self.copies.copy(park_id, item.wallet_id)
            except Unreadable as problem:
                return Fact(park_id, item.wallet_id, "unreadable", (problem.reason,))
            return Fact(park_id, item.wallet_id, state.value)

        return one

    def _compared(self, park_id: str, item: OldItem) -> Fact:
        own = self.copies.store.find(item.wallet_id)
        found = differences(self.copies, park_id, item, own)
        if not found and own is not None:
            found = list(self._secrets(park_id, item, own))
        return Fact(park_id, item.wallet_id, "differs" if found else "same", tuple(found))

    def _secrets(self, park_id: str, item: OldItem, own: Wallet) -> Iterator[str]:
        """Names of credentials whose ciphertext says something else, or cannot be opened."""
        for name, value in self.copies.read(park_id, item, own).secrets.items():
            context = sealing_context(own.wallet_id, name)
            ours = self.safe.open(own.credentials[name], context).reveal().encode()
            if not hmac.compare_digest(ours, value.reveal().encode()):
                yield f"credentials.{name}"

    def _only_ours(self, own: Wallet) -> Iterator[Fact]:
        if own.deleted_at is None:
            item = self.copies.old.get(own.park_id, own.wallet_id)
            if item.text is None:
                yield Fact(own.park_id, own.wallet_id, "differs", ("missing",))

    def _kept(self, wish: Wish, facts: list[Fact]) -> str:
        if not facts:
            return ""
        place = (wish.cursor or _OLD).replace(":", "-")
        key = f"migration/{wish.run}/{wish.action}-{place}.jsonl"
        lines = (
            json.dumps([fact.park_id, fact.wallet_id, fact.state, *fact.fields]) for fact in facts
        )
        self.files.put(key, "\n".join(lines).encode())
        return key
