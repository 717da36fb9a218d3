"""What became of a purchase: the steps towards its end that handlers and the task share.

A step asks contractor-merch-payments and commits what it says, or leaves everything as it is.
Whoever comes second finds another version and stops.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contractor_merch_integration_api.model import (
    Purchase,
    Refund,
    Seen,
    Standing,
    State,
    Wish,
)
from contractor_merch_integration_api.ports import MerchPayments, RefusedForGood
from contractor_merch_integration_api.store import PurchaseStore
from contractor_merch_integration_api.task_names import CHECK_PAYMENT
from shared import logs, metrics
from shared.clock import Clock
from shared.errors import Unavailable
from shared.store import Transaction, commit
from shared.tasks import Tasks

# The handler that armed the task has its answer by then, or will never have one.
LOOK_AFTER: Final = timedelta(seconds=5)

End = Callable[[Transaction, Purchase], None]
"""What happens to the purchase's task in the commit of a step."""


def watch_id(ya_transaction_id: str) -> str:
    return f"{CHECK_PAYMENT}#{ya_transaction_id}"


def refund_watch_id(refund: Refund) -> str:
    return f"{watch_id(refund.ya_transaction_id)}#{refund.refund_trn}"


def arm_watch(tasks: Tasks, writes: Transaction, purchase: Purchase, due_at: datetime) -> None:
    """The one task that looks at a purchase until nothing of it is open."""
    payload = {"ya_transaction_id": purchase.ya_transaction_id}
    tasks.arm(writes, watch_id(purchase.ya_transaction_id), payload, due_at)


@dataclass(frozen=True, slots=True)
class Following:
    store: PurchaseStore
    tasks: Tasks
    payments: MerchPayments
    clock: Clock

    def step(self, found: Purchase, actor: str, end: End | None = None) -> Purchase:
        """One look, and a cancel where one is wished for: the purchase as it is then.

        Raises Unavailable, or ConditionFailed when somebody was quicker.
        """
        named = found if found.payment_id else self._created(found, actor, end)
        if named.wish is not Wish.NONE:
            return self._fulfilled(named, actor, end)
        if named is not found or named.state is not State.WAITING:
            return named
        return self._commit(named, self.payments.look(named.payment_id), actor, end)

    def wish(self, found: Purchase, wish: Wish, actor: str) -> Purchase:
        """The intent before the effect (R3): from here on nobody may say PAID anew."""
        now = self.clock.now()
        wished = found.moved(now, wish=wish)
        writes = Transaction()
        self.store.save(writes, wished, f"wish_{wish.value}", actor)
        if wish is Wish.REVERSE:
            arm_watch(self.tasks, writes, wished, now + LOOK_AFTER)
        commit(writes)
        return wished

    def disarm(self, writes: Transaction, after: Purchase) -> None:
        """A handler's end of a step: the task of a closed purchase has nothing to look at."""
        if not after.open:
            self.tasks.disarm(writes, watch_id(after.ya_transaction_id))

    def _created(self, found: Purchase, actor: str, end: End | None) -> Purchase:
        """The payment's id, by the request that makes it or finds it made: it may be on its way
        still, and only its own key keeps it from coming after its cancel.
        """
        return self._commit(found, self.payments.create(found), actor, end)

    def _fulfilled(self, found: Purchase, actor: str, end: End | None) -> Purchase:
        try:
            seen = self.payments.cancel(found.payment_id)
        except RefusedForGood:
            seen = self.payments.look(found.payment_id)
        if seen.standing is Standing.PENDING:
            raise Unavailable("cancel_pending")
        if seen.standing is Standing.APPROVED:
            return self._refused(found, actor, end)
        return self._commit(found, seen, actor, end)

    def _refused(self, found: Purchase, actor: str, end: End | None) -> Purchase:
        """It is paid and cannot be cancelled any more: that is the truth, and refunds remain."""
        now = self.clock.now()
        stays = found.moved(now, wish=Wish.NONE, state=State.PAID, paid_at=found.paid_at or now)
        logs.warning("cancel_refused", ya_transaction_id=found.ya_transaction_id)
        return self._saved(found, stays, "cancel_refused", actor, end)

    def _commit(self, found: Purchase, seen: Seen, actor: str, end: End | None) -> Purchase:
        after = found.told(seen, self.clock.now())
        if after is found:
            return found
        return self._saved(found, after, after.state.value.lower(), actor, end)

    def _saved(
        self, found: Purchase, after: Purchase, name: str, actor: str, end: End | None
    ) -> Purchase:
        writes = Transaction()
        self.store.save(writes, after, name, actor, {"reason": after.reason})
        (end or self.disarm)(writes, after)
        commit(writes)
        counted(found, after)
        return after


def counted(before: Purchase, after: Purchase) -> None:
    """Payments, and cancels of them, by merchant (CM-18, CM-19)."""
    if before.state is after.state:
        return
    if after.state is State.PAID:
        metrics.count("CmPayments", Merchant=after.merchant_id)
    if after.state is State.REVERSED:
        metrics.count("CmCancelsRefunds", Merchant=after.merchant_id)
