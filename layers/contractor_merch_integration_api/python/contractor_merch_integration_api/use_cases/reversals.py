"""reverse: a purchase has not happened, even one that we never heard of (CM-22, CM-24, PU6)."""

from dataclasses import dataclass
from typing import Final

from contractor_merch_integration_api.model import (
    REVERSE_WITHIN,
    UNDECIDED,
    Client,
    Purchase,
    State,
    Wish,
)
from contractor_merch_integration_api.operations import Outcome, Result, Reverse, standing_of
from contractor_merch_integration_api.store import PurchaseStore
from contractor_merch_integration_api.use_cases.following import Following
from contractor_merch_integration_api.use_cases.purchases import owner
from shared.clock import Clock
from shared.errors import Unavailable
from shared.store import ConditionFailed, Transaction, commit

_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Reversals:
    store: PurchaseStore
    following: Following
    clock: Clock

    def reverse(self, client: Client, asked: Reverse) -> Outcome:
        """Whoever is quicker has decided: the loser looks again and tells the truth (PU3)."""
        for _ in range(_ROUNDS):
            try:
                return self._reverse(client, asked)
            except ConditionFailed:
                continue
        raise Unavailable("contention")

    def _reverse(self, client: Client, asked: Reverse) -> Outcome:
        known = self.store.known(client.aggregator, asked.trn)
        if known is None:
            writes = Transaction()
            now = self.clock.now()
            self.store.bury(writes, client.aggregator, asked.trn, client.client_id, now)
            commit(writes)
        if known is None or not known.ya_transaction_id:
            return Outcome(Result.OK, tombstone=True)
        found = owner(self.store, known)
        refusal = self._refusal(found)
        if refusal is not None:
            return Outcome(refusal, found)
        return self._taken_back(client, found)

    def _refusal(self, found: Purchase) -> Result | None:
        """Why it cannot be reversed; OK when there is nothing left to do."""
        if found.state is State.REVERSED:
            return Result.OK
        if found.state in UNDECIDED or found.wish is Wish.REVERSE:
            return None
        if found.state is not State.PAID:
            return Result.STATE_FORBIDS
        if found.reserved.minor:
            # A refund is running; how it ends decides whether this may be reversed.
            return Result.SYSTEM_ERROR
        paid_at = found.paid_at or found.created_at
        if self.clock.now() > paid_at + REVERSE_WITHIN:
            return Result.REVERSE_TOO_LATE
        return None

    def _taken_back(self, client: Client, found: Purchase) -> Outcome:
        wished = found
        if found.wish is not Wish.REVERSE:
            wished = self.following.wish(found, Wish.REVERSE, client.client_id)
        try:
            after = self.following.step(wished, client.client_id)
        except Unavailable:
            return standing_of(wished)
        except ConditionFailed:
            after = self.store.purchase(wished.ya_transaction_id) or wished
        if after.state is State.PAID and after.wish is Wish.NONE:
            return Outcome(Result.STATE_FORBIDS, after)
        return standing_of(after)
