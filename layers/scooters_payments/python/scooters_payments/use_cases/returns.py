"""Asking the deposit back: end of ride, payment, cancelled booking, support (SD-09, 13, 30, 31).

Whoever asks, and whenever, the wish is recorded first; the release task carries it out.
"""

from dataclasses import dataclass
from typing import Final

from scooters_payments.model import (
    OPEN,
    RETURNING,
    Deposit,
    Ended,
    ReleaseAfter,
    Status,
)
from scooters_payments.store import DepositStore
from scooters_payments.use_cases.arming import arm_hold, arm_release
from scooters_payments.use_cases.starts import FINISHED, ROUNDS, require_amount
from shared.clock import Clock
from shared.errors import Conflict, Refused, Unavailable
from shared.money import BadAmount, Money
from shared.store import ConditionFailed, Transaction, commit
from shared.tasks import Tasks, Ticket

_BUSY: Final = RETURNING | {Status.RELEASED}
_HOLDS: Final = frozenset({Status.HOLDING, Status.HELD, Status.RESIZING, Status.HOLD_EXPIRED})


@dataclass(frozen=True, slots=True)
class Returns:
    """`release_after`: whether the end of a ride gives the money back, or its payment (SD-26)."""

    store: DepositStore
    tasks: Tasks
    clock: Clock
    release_after: ReleaseAfter

    def finish(self, session_id: str, by: Ended, actor: str) -> Deposit:
        """The deposit as the wish leaves it. Of an unknown session it leaves a tombstone (D9)."""
        for _ in range(ROUNDS):
            transaction = Transaction()
            after = self.add(transaction, session_id, by, actor)
            try:
                if transaction.writes():
                    commit(transaction)
            except ConditionFailed:
                continue
            return after
        raise Unavailable("contention")

    def give_back(self, session_id: str, actor: str) -> Deposit:
        """As finish, by support (SD-10). Raises NotFound deposit_not_found."""
        self.store.get(session_id)
        return self.finish(session_id, Ended.SUPPORT, actor)

    def end(self, ticket: Ticket) -> None:
        """Task scooters_payments_ride_events: what the bus said of a ride (SD-17)."""
        transaction = Transaction()
        session_id, by = str(ticket.payload["session_id"]), Ended(ticket.payload["by"])
        self.add(transaction, session_id, by, "ride_events")
        ticket.done(transaction)
        commit(transaction)

    def add(self, transaction: Transaction, session_id: str, by: Ended, actor: str) -> Deposit:
        """Adds the wish to the transaction, whatever it finds; nothing when it is no news."""
        now = self.clock.now()
        deposit = self.store.find(session_id)
        if deposit is None:
            return self._tombstone(transaction, session_id, by, actor)
        if deposit.status is Status.FAILED:
            # Nothing is held, and no further attempt shall hold.
            after = deposit.moved(now, Status.FINISHED, ended_by=by.value)
            self.store.move(transaction, deposit, after, "finished", actor, reason=by.value)
            return after
        if deposit.status not in OPEN:
            return deposit
        if self._waits_for_payment(deposit, by):
            if deposit.ended_by:
                return deposit
            after = deposit.moved(now, ended_by=by.value)
            self.store.move(transaction, deposit, after, "ride_finished", actor, reason=by.value)
            return after
        ended_by = deposit.ended_by or by.value
        after = deposit.moved(now, Status.RELEASING, ended_by=ended_by, released_at=None)
        self.store.move(transaction, deposit, after, "releasing", actor, reason=by.value)
        arm_release(self.tasks, transaction, deposit.invoice_id, now)
        return after

    def _waits_for_payment(self, deposit: Deposit, by: Ended) -> bool:
        """The ride is over and not paid: what is held, or on its way to be, stays."""
        later = self.release_after is ReleaseAfter.RIDE_PAID and by is Ended.RIDE_FINISHED
        return later and deposit.status in _HOLDS

    def _tombstone(
        self, transaction: Transaction, session_id: str, by: Ended, actor: str
    ) -> Deposit:
        now = self.clock.now()
        ended = Deposit(
            session_id=session_id,
            status=Status.FINISHED,
            created_at=now,
            updated_at=now,
            started_at=now,
            skip_reason=FINISHED,
            ended_by=by.value,
        )
        self.store.add(transaction, ended, "finished", actor, reason=by.value)
        return ended


@dataclass(frozen=True, slots=True)
class Resizes:
    """Another amount for a ride under way (SD-14): `enabled` is off until it is wanted."""

    store: DepositStore
    tasks: Tasks
    clock: Clock
    returns: Returns
    enabled: bool
    amount_max: str

    def update(self, session_id: str, version: int, amount: str) -> Deposit:
        """The deposit on its way to `amount`; zero gives all of it back.

        Raises NotFound deposit_not_found; Conflict: version_conflict with the current version,
        not_held with the status; Refused: update_disabled, bad_amount, amount_too_large.
        """
        if not self.enabled:
            raise Refused("update_disabled")
        for _ in range(ROUNDS):
            deposit = self.store.get(session_id)
            if not deposit.currency:
                raise Conflict("not_held", status=deposit.status.value)
            wanted = _money(amount, deposit.currency)
            require_amount(wanted, self.amount_max)
            if deposit.invoice_version == version and deposit.money == wanted:
                return deposit
            try:
                return self._change(deposit, version, wanted)
            except ConditionFailed:
                continue
        raise Unavailable("contention")

    def _change(self, deposit: Deposit, version: int, wanted: Money) -> Deposit:
        if deposit.status is not Status.HELD or deposit.ended_by:
            raise Conflict("not_held", status=deposit.status.value)
        if version != deposit.invoice_version + 1:
            raise Conflict("version_conflict", current_version=deposit.invoice_version)
        if not wanted.minor:
            return self.returns.finish(deposit.session_id, Ended.RETURNED, "update")
        now = self.clock.now()
        after = deposit.moved(now, Status.RESIZING, wanted=wanted.minor, invoice_version=version)
        transaction = Transaction()
        self.store.move(transaction, deposit, after, "resizing", "update")
        arm_hold(self.tasks, transaction, deposit.session_id, now)
        commit(transaction)
        return after


def _money(amount: str, currency: str) -> Money:
    try:
        return Money.parse(amount, currency)
    except BadAmount:
        raise Refused("bad_amount") from None
