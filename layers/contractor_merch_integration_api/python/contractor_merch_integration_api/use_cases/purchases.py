"""authorize and status: a purchase is begun once, and told as it is (CM-05..09, CM-23, CM-24)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contractor_merch_integration_api.model import Client, Purchase, State, Wish
from contractor_merch_integration_api.operations import (
    Authorize,
    Outcome,
    Result,
    Status,
    standing_of,
)
from contractor_merch_integration_api.store import TRN, Known, PurchaseStore
from contractor_merch_integration_api.use_cases.following import (
    LOOK_AFTER,
    Following,
    arm_watch,
)
from shared import logs, metrics
from shared.clock import Clock
from shared.errors import Unavailable
from shared.money import Money
from shared.store import ConditionFailed, Transaction, commit
from shared.tasks import Tasks

PAUSE_S: Final = 1


@dataclass(frozen=True, slots=True)
class Purchases:
    """`wait_s` is how long authorize waits for the driver; `pause` sleeps between two looks."""

    store: PurchaseStore
    tasks: Tasks
    following: Following
    clock: Clock
    new_id: Callable[[datetime], str]
    wait_s: int
    pause: Callable[[float], None]

    def authorize(self, client: Client, wish: Authorize) -> Outcome:
        """Begins the purchase, or tells what became of the one that the same request began."""
        known = self.store.known(client.aggregator, wish.trn)
        if known is not None:
            return self._again(client, known, wish)
        purchase = self._new(client, wish)
        writes = Transaction()
        self.store.add(writes, purchase)
        arm_watch(self.tasks, writes, purchase, purchase.created_at + LOOK_AFTER)
        try:
            commit(writes)
        except ConditionFailed as problem:
            winner = self.store.known(client.aggregator, wish.trn)
            if TRN not in problem.labels or winner is None:
                raise Unavailable("contention") from problem
            if winner.ya_transaction_id != purchase.ya_transaction_id:
                return self._again(client, winner, wish)
            # It was us: the first answer of the storage got lost.
        return self._followed(client, purchase)

    def status(self, client: Client, asked: Status) -> Outcome:
        known = self.store.known(client.aggregator, asked.trn)
        if known is None:
            return Outcome(Result.TRN_NOT_FOUND)
        if not known.ya_transaction_id:
            return Outcome(Result.OK, tombstone=True)
        found = owner(self.store, known)
        if found.state is State.WAITING and found.wish is Wish.NONE:
            found = self._looked(client, found)
        return standing_of(found)

    def _again(self, client: Client, known: Known, wish: Authorize) -> Outcome:
        if not known.ya_transaction_id:
            return Outcome(Result.TRN_REVERSED, tombstone=True)
        found = owner(self.store, known)
        if found.content != wish.content:
            metrics.count("CmTrnConflict")
            logs.error("trn_conflict", ya_transaction_id=found.ya_transaction_id)
            return Outcome(Result.TRN_CONFLICT, found)
        if found.state is State.REVERSED:
            return Outcome(Result.TRN_REVERSED, found)
        return self._followed(client, found)

    def _followed(self, client: Client, found: Purchase) -> Outcome:
        """Asks at once, then waits for the driver as long as a Lambda may be held (PU12)."""
        started = self.clock.now()
        until = started + timedelta(seconds=self.wait_s)
        seen = self._looked(client, found) if _waits(found) else found
        kind = "acceptance" if seen.state is State.WAITING else "instant"
        while seen.state is State.WAITING and _waits(seen):
            if self.clock.now() + timedelta(seconds=PAUSE_S) > until:
                break
            self.pause(PAUSE_S)
            seen = self._looked(client, seen)
        waited_ms = (self.clock.now() - started) // timedelta(milliseconds=1)
        metrics.gauge("CmWaitMs", waited_ms, "Milliseconds", Type=kind)
        return standing_of(seen)

    def _looked(self, client: Client, found: Purchase) -> Purchase:
        """One step; what it cannot learn stays unknown, and the task goes on (R3)."""
        try:
            return self.following.step(found, client.client_id)
        except Unavailable:
            return found
        except ConditionFailed:
            return self.store.purchase(found.ya_transaction_id) or found

    def _new(self, client: Client, wish: Authorize) -> Purchase:
        now = self.clock.now()
        nothing = Money(0, wish.amount.currency)
        return Purchase(
            ya_transaction_id=self.new_id(now),
            aggregator=client.aggregator,
            trn=wish.trn,
            client_id=client.client_id,
            merchant_id=wish.merchant_id,
            merchant_name=wish.merchant_name,
            terminal_id=wish.terminal_id,
            description=wish.description,
            amount=wish.amount,
            refunded=nothing,
            reserved=nothing,
            qr=wish.qr,
            content=wish.content,
            state=State.NEW,
            wish=Wish.NONE,
            version=1,
            created_at=now,
            updated_at=now,
            expires_at=now + wish.patience,
        )


def _waits(purchase: Purchase) -> bool:
    """Whether a desk may yet hear that it is paid."""
    return purchase.open and purchase.wish is Wish.NONE


def owner(store: PurchaseStore, known: Known) -> Purchase:
    """The purchase that a number, not a tombstone, was taken for."""
    found = store.purchase(known.ya_transaction_id)
    if found is None:
        raise LookupError("a number without its purchase")
    return found
