"""May the scooter be ridden off? (SD-12, SD-20..23, SD-25, A.8.3, decisions 28 and 29)

A no is a hold under way, or a bank's definite decline; every fault of ours lets the rider go, but
for reasons that the operator has set to deny.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from scooters_payments.model import RETURNING, Deposit, Status
from scooters_payments.store import DepositStore
from scooters_payments.use_cases.holds import Holds
from scooters_payments.use_cases.starts import FINISHED, RIDE_BEGUN, ROUNDS
from shared import logs, metrics
from shared.clock import Clock
from shared.errors import PaymentRequired, Unavailable
from shared.invoices import EngineRefused
from shared.store import ConditionFailed, Transaction, commit

NO_INVOICE: Final = "no_invoice"
HOLD_TIMEOUT: Final = "hold_timeout"
TECHNICAL_ERROR: Final = "technical_error"
HOLD_EXPIRED: Final = "hold_expired"
# What an operator may set to deny (SD-25).
PROBLEMS: Final = frozenset({NO_INVOICE, HOLD_TIMEOUT, TECHNICAL_ERROR, HOLD_EXPIRED})
_RETRY_MS: Final = 1000
# What is younger was looked at just now, by its task or by a callback (D6).
_STALE_S: Final = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is why the rider goes although not all is well, or why he does not."""

    status: str
    allow_ride: bool
    reason: str | None = None
    auth_time_ms: int | None = None
    retry_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Checks:
    """`denied`: problems that keep the rider waiting, where he would otherwise go."""

    store: DepositStore
    holds: Holds
    clock: Clock
    denied: frozenset[str]

    def check(self, session_id: str) -> Verdict:
        """Raises PaymentRequired deposit_declined: the one no that is the rider's own."""
        for _ in range(ROUNDS):
            try:
                verdict = self._verdict(session_id)
            except ConditionFailed:
                continue
            if verdict.allow_ride:
                metrics.count("DepositRideAllowed")
            return verdict
        raise Unavailable("contention")

    def _verdict(self, session_id: str) -> Verdict:
        now = self.clock.now()
        deposit = self.store.find(session_id)
        if deposit is None:
            self._ride_begins(session_id, now)
            return self._problem("none", NO_INVOICE)
        deposit = self._fresh(deposit, now)
        match deposit.status:
            case Status.CREATED:
                return self._created(deposit, now)
            case Status.HOLDING:
                return self._processing(self.holds.late(deposit, now))
            case Status.FAILED:
                return self._failed(deposit)
        return self._settled(deposit)

    def _settled(self, deposit: Deposit) -> Verdict:
        """Of a deposit that is not on its way."""
        match deposit.status:
            case Status.SKIPPED:
                return Verdict("not_required", allow_ride=True)
            case Status.HELD | Status.RESIZING:
                return Verdict("held", allow_ride=True, auth_time_ms=_auth_ms(deposit))
            case Status.ABANDONED:
                return self._problem("none", NO_INVOICE)
            case Status.HOLD_EXPIRED:
                return self._problem("hold_expired", HOLD_EXPIRED)
        # Given back, by support or at the end: the ride is not ours to stop.
        status = "releasing" if deposit.status in RETURNING else "released"
        return Verdict(status, allow_ride=True, reason=FINISHED)

    def _fresh(self, deposit: Deposit, now: datetime) -> Deposit:
        """An engine that does not answer leaves what we know: the limit decides then."""
        if deposit.status is not Status.HOLDING or deposit.age_s(now) < _STALE_S:
            return deposit
        try:
            return self.holds.refreshed(deposit)
        except (Unavailable, EngineRefused) as problem:
            logs.warning("check_without_engine", session_id=deposit.session_id, code=problem.code)
            return deposit

    def _created(self, deposit: Deposit, now: datetime) -> Verdict:
        """Nothing is known to be held: waited for, until the engine fails or time is up."""
        if not deposit.engine_error and not self.holds.late(deposit, now):
            return self._processing(late=False)
        if NO_INVOICE not in self.denied:
            transaction = Transaction()
            reason = deposit.engine_error or "late"
            self.holds.abandon(transaction, deposit, now, reason)
            commit(transaction)
        return self._problem("none", NO_INVOICE)

    def _ride_begins(self, session_id: str, now: datetime) -> None:
        """A start that comes after this check must not hold mid-ride (decision 28)."""
        if NO_INVOICE in self.denied:
            return
        unknown = Deposit(
            session_id=session_id,
            status=Status.ABANDONED,
            created_at=now,
            updated_at=now,
            started_at=now,
            skip_reason=RIDE_BEGUN,
        )
        transaction = Transaction()
        self.store.add(transaction, unknown, "abandoned", "scooters_payments", reason=RIDE_BEGUN)
        commit(transaction)

    def _processing(self, late: bool) -> Verdict:
        if late:
            return self._problem("processing", HOLD_TIMEOUT)
        return Verdict("processing", allow_ride=False, retry_after_ms=_RETRY_MS)

    def _failed(self, deposit: Deposit) -> Verdict:
        if deposit.declined:
            raise PaymentRequired(
                "deposit_declined",
                decline_reason=deposit.failure_code,
                can_retry_with_other_method=True,
            )
        return self._problem("failed", TECHNICAL_ERROR)

    def _problem(self, status: str, reason: str) -> Verdict:
        allowed = reason not in self.denied
        if allowed:
            metrics.count("DepositRideAllowedWithProblem", Reason=reason)
            return Verdict(status, allow_ride=True, reason=reason)
        return Verdict(status, allow_ride=False, reason=reason, retry_after_ms=_RETRY_MS)


def _auth_ms(deposit: Deposit) -> int | None:
    if deposit.held_at is None:
        return None
    return int((deposit.held_at - deposit.started_at).total_seconds() * 1000)
