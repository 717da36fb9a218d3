"""Task fps_credit: the obligation of an accepted payment, step by step, until done (FP-13, 14, 32).

Each step's mark is committed before the next step begins, and each call carries a key of its own
that is derived from the transaction: whatever dies wherever, a repeat goes on (PC5, PC6, PC22).
"""

from dataclasses import dataclass
from typing import Final

from fleet_payment_systems.model import Direction, Step, Transaction
from fleet_payment_systems.ports import Billing, FleetBook, RefusedForGood
from fleet_payment_systems.store.money import MoneyStore, moved
from fleet_payment_systems.use_cases.obligations import CONFIRM_WITHIN, counted, pay_claim
from shared import logs, metrics
from shared.clock import Clock
from shared.store import Transaction as Writes
from shared.store import commit
from shared.tasks import Ticket

_ACTOR: Final = "fps_credit"
_OPEN: Final = frozenset({Step.REGISTERED, Step.QUEUED, Step.CREDITING})


@dataclass(frozen=True, slots=True)
class Credits:
    money: MoneyStore
    billing: Billing
    book: FleetBook
    clock: Clock

    def credit(self, ticket: Ticket) -> None:
        """Brings the transaction to its end, or raises: then the queue comes again."""
        found = self.money.transaction(ticket.payload["park_id"], ticket.payload["tx_id"])
        if found is None:
            raise LookupError("no such transaction")
        if found.step not in _OPEN:
            ticket.finish()
            return
        if found.step == Step.REGISTERED:
            self._time_out(found, ticket)
            return
        age = self.clock.now() - (found.confirmed_at or found.created_at)
        metrics.gauge("BillingRetryAgeSec", int(age.total_seconds()), "Seconds")
        begun = self._begun(found)
        if begun.direction == Direction.REVERSAL:
            self._take_back(begun, ticket)
        else:
            self._top_up(begun, ticket)

    def _time_out(self, found: Transaction, ticket: Ticket) -> None:
        """Nobody confirmed it: it was never promised, and from now on cannot be."""
        now, ends_at = self.clock.now(), found.created_at + CONFIRM_WITHIN
        writes = Writes()
        if now < ends_at:
            ticket.again(writes, ends_at)
            commit(writes)
            return
        ended = moved(found, now, step=Step.TIMEOUT, reason="not_confirmed")
        self.money.save(writes, ended, "timed_out", _ACTOR)
        self.money.end(writes, pay_claim(found, found.txn), found)
        ticket.done(writes)
        commit(writes)
        counted(ended)

    def _top_up(self, begun: Transaction, ticket: Ticket) -> None:
        """Once the driver has the money no refusal is final: commission and record are repeated,
        with an alarm by age, for as long as it takes.
        """
        try:
            entered = self._entered(begun)
        except RefusedForGood as problem:
            self._suspend(begun, problem.code, ticket)
        else:
            self._finish(self._recorded(self._charged(entered)), ticket)

    def _take_back(self, begun: Transaction, ticket: Ticket) -> None:
        """The commission comes back first: a driver with just this payment can give it back."""
        charged = begun
        try:
            charged = self._charged(begun)
            entered = self._entered(charged)
        except RefusedForGood as problem:
            self._suspend(charged, problem.code, ticket)
        else:
            self._finish(self._recorded(entered), ticket)

    def _begun(self, found: Transaction) -> Transaction:
        """From here on a cancel must not take the payment back (PC23)."""
        if found.step == Step.CREDITING:
            return found
        return self._save(moved(found, self.clock.now(), step=Step.CREDITING), "crediting")

    def _entered(self, found: Transaction) -> Transaction:
        if found.billing_done_at is not None:
            return found
        self.billing.enter(found.tx_id, found, found.sign * found.amount.minor, _category(found))
        now = self.clock.now()
        return self._save(moved(found, now, billing_done_at=now), "billing_done")

    def _charged(self, found: Transaction) -> Transaction:
        if found.commission_done_at is not None or not found.commission.minor:
            return found
        amount = -found.sign * found.commission.minor
        self.billing.enter(f"{found.tx_id}-c", found, amount, "topup_commission")
        now = self.clock.now()
        return self._save(moved(found, now, commission_done_at=now), "commission_done")

    def _recorded(self, found: Transaction) -> Transaction:
        if found.fleet_tx_id:
            return found
        amount = found.sign * found.amount.minor
        fleet_tx_id = self.book.record(found, amount, _category(found))
        return self._save(moved(found, self.clock.now(), fleet_tx_id=fleet_tx_id), "recorded")

    def _finish(self, found: Transaction, ticket: Ticket) -> None:
        done = moved(found, self.clock.now(), step=Step.DONE)
        writes = Writes()
        self.money.save(writes, done, "processed", _ACTOR)
        ticket.done(writes)
        commit(writes)
        counted(done)

    def _suspend(self, found: Transaction, code: str, ticket: Ticket) -> None:
        """The payer was told success: the money waits in the park's suspense account (PC8)."""
        suspended = moved(found, self.clock.now(), step=Step.SUSPENSE, reason=code)
        writes = Writes()
        self.money.save(writes, suspended, "suspended", _ACTOR, {"code": code})
        self.money.suspend(writes, suspended, suspended.sign * suspended.amount.minor)
        ticket.done(writes)
        commit(writes)
        metrics.count("FpsSuspense")
        logs.error("payment_in_suspense", tx_id=found.tx_id, code=code)
        counted(suspended)

    def _save(self, transaction: Transaction, name: str) -> Transaction:
        writes = Writes()
        self.money.save(writes, transaction, name, _ACTOR)
        commit(writes)
        return transaction


def _category(one: Transaction) -> str:
    return "reversal" if one.direction == Direction.REVERSAL else "topup"
