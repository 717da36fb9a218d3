"""Taking a deposit at the booking (SD-11, SD-18, decision 29): one commit, the task does the rest.

The engine is not called here: the booking must not wait for it (under a second, SD-11).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scooters_payments.model import Deposit, Status, Wish
from scooters_payments.model.rollout import Rollout
from scooters_payments.store import DepositStore
from scooters_payments.use_cases.arming import arm_hold, arm_left_open
from shared.clock import Clock
from shared.errors import Conflict, Refused, Unavailable
from shared.money import Money
from shared.store import ConditionFailed, Transaction, commit
from shared.tasks import Tasks

ROUNDS: Final = 5
ROLLOUT: Final = "rollout"
ZERO_AMOUNT: Final = "zero_amount"
FINISHED: Final = "finished"
RIDE_BEGUN: Final = "ride_begun"


@dataclass(frozen=True, slots=True)
class Starts:
    """`amount_max`: the most a deposit may be; `open_max_s`: when an open one is asked about."""

    store: DepositStore
    tasks: Tasks
    clock: Clock
    rollout: Rollout
    amount_max: str
    open_max_s: int

    def start(self, wish: Wish) -> Deposit:
        """The session's deposit, as it is after this start.

        Raises Conflict: idempotency_conflict of other content, deposit_exists of another method
        while the first may still hold; Refused amount_too_large.
        """
        require_amount(wish.amount, self.amount_max)
        for _ in range(ROUNDS):
            found = self.store.find(wish.session_id)
            try:
                return self._first(wish) if found is None else self._again(found, wish)
            except ConditionFailed:
                continue
        raise Unavailable("contention")

    def _first(self, wish: Wish) -> Deposit:
        now = self.clock.now()
        reason = self._skipped(wish)
        deposit = Deposit(
            session_id=wish.session_id,
            status=Status.SKIPPED if reason else Status.CREATED,
            created_at=now,
            updated_at=now,
            started_at=now,
            user_id=wish.user_id,
            offer_id=wish.offer_id,
            city=wish.city,
            amount=wish.amount.minor,
            wanted=wish.amount.minor,
            currency=wish.amount.currency,
            method=wish.method,
            attempt=1,
            invoice_version=0 if reason else 1,
            skip_reason=reason,
        )
        transaction = Transaction()
        self.store.add(transaction, deposit, "skipped" if reason else "started", wish.user_id)
        if not reason:
            self._arm(transaction, wish.session_id, now)
        commit(transaction)
        return deposit

    def _skipped(self, wish: Wish) -> str:
        """Why there is no deposit; decided once a session, whatever the rollout is later."""
        if not wish.amount.minor:
            return ZERO_AMOUNT
        return "" if self.rollout.takes(wish.user_id, wish.city) else ROLLOUT

    def _again(self, deposit: Deposit, wish: Wish) -> Deposit:
        if not deposit.currency:
            # Known only by its end, or by a ride that began without it (D9, decision 28).
            return deposit
        if not deposit.asks_same(wish):
            raise Conflict("idempotency_conflict")
        if deposit.method == wish.method or deposit.status is Status.SKIPPED:
            return deposit
        if deposit.status is not Status.FAILED or deposit.ended_by:
            raise Conflict("deposit_exists", status=deposit.status.value)
        return self._next_attempt(deposit, wish)

    def _next_attempt(self, deposit: Deposit, wish: Wish) -> Deposit:
        """On an invoice of its own: that of the attempt before has failed for good."""
        now = self.clock.now()
        after = deposit.moved(
            now,
            Status.CREATED,
            attempt=deposit.attempt + 1,
            method=wish.method,
            started_at=now,
            sent_at=None,
            invoice_version=1,
            failure_code="",
            engine_error="",
        )
        transaction = Transaction()
        self.store.move(transaction, deposit, after, "started", wish.user_id)
        self._arm(transaction, wish.session_id, now)
        commit(transaction)
        return after

    def _arm(self, transaction: Transaction, session_id: str, now: datetime) -> None:
        arm_hold(self.tasks, transaction, session_id, now)
        due_at = now + timedelta(seconds=self.open_max_s)
        arm_left_open(self.tasks, transaction, session_id, due_at)


def require_amount(amount: Money, most: str) -> None:
    """Raises Refused amount_too_large; `most` is a decimal amount of any currency."""
    limit = Money.parse(most, amount.currency)
    if amount.minor > limit.minor:
        raise Refused("amount_too_large", most=str(limit))
