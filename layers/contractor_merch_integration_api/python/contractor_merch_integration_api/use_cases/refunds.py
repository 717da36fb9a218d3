"""refund: a part of a paid purchase goes back, once a number, never above it (CM-22, PU8, M10).

The amount is reserved in the commit that begins the refund, so that two of them at once cannot
take more than was paid; the task repeats it until contractor-merch-payments has answered.
"""

from dataclasses import dataclass, replace
from typing import Final

from contractor_merch_integration_api.model import (
    REFUNDABLE,
    Client,
    Purchase,
    Refund,
    RefundState,
    State,
    Wish,
)
from contractor_merch_integration_api.operations import GiveBack, Outcome, Result
from contractor_merch_integration_api.ports import MerchPayments, RefusedForGood
from contractor_merch_integration_api.store import PurchaseStore
from contractor_merch_integration_api.use_cases.following import LOOK_AFTER, refund_watch_id
from contractor_merch_integration_api.use_cases.purchases import owner
from shared import logs, metrics
from shared.clock import Clock
from shared.errors import Unavailable
from shared.money import Money
from shared.store import ConditionFailed, Transaction, commit
from shared.tasks import Tasks, Ticket

_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Refunds:
    store: PurchaseStore
    tasks: Tasks
    payments: MerchPayments
    clock: Clock

    def refund(self, client: Client, wish: GiveBack) -> Outcome:
        for _ in range(_ROUNDS):
            try:
                return self._refund(client, wish)
            except ConditionFailed:
                continue
        raise Unavailable("contention")

    def finish(self, ya_transaction_id: str, refund_trn: str, ticket: Ticket) -> None:
        """The task of one refund: brings it to its end, or raises."""
        found = self.store.purchase(ya_transaction_id)
        refund = self.store.refund(ya_transaction_id, refund_trn)
        if found is None or refund is None:
            raise LookupError("no such refund")
        if refund.state is not RefundState.PROCESSING:
            ticket.finish()
            return
        self._ended(found, refund, "task", ticket)

    def _refund(self, client: Client, wish: GiveBack) -> Outcome:
        known = self.store.known(client.aggregator, wish.trn)
        if known is None:
            return Outcome(Result.TRN_NOT_FOUND)
        if not known.ya_transaction_id:
            return Outcome(Result.STATE_FORBIDS, tombstone=True)
        found = owner(self.store, known)
        first = self.store.refund(found.ya_transaction_id, wish.refund_trn)
        if first is not None:
            return self._again(client, found, first, wish.amount)
        refusal = _refusal(found, wish.amount)
        if refusal is not None:
            return Outcome(refusal, found)
        return self._tried(client, *self._begun(client, found, wish))

    def _again(self, client: Client, found: Purchase, first: Refund, amount: Money) -> Outcome:
        if first.amount != amount:
            return Outcome(Result.TRN_CONFLICT, found, first)
        if first.state is not RefundState.PROCESSING:
            return _told(found, first)
        return self._tried(client, found, first)

    def _begun(self, client: Client, found: Purchase, wish: GiveBack) -> tuple[Purchase, Refund]:
        now = self.clock.now()
        refund = Refund(
            found.ya_transaction_id, wish.refund_trn, wish.amount, RefundState.PROCESSING, now
        )
        reserved = found.moved(now, reserved=found.reserved + wish.amount)
        payload = {"ya_transaction_id": refund.ya_transaction_id, "refund_trn": refund.refund_trn}
        writes = Transaction()
        self.store.save(writes, reserved, "refund_begun", client.client_id, _details(refund))
        self.store.add_refund(writes, refund)
        self.tasks.arm(writes, refund_watch_id(refund), payload, now + LOOK_AFTER)
        commit(writes)
        return reserved, refund

    def _tried(self, client: Client, found: Purchase, refund: Refund) -> Outcome:
        try:
            return _told(*self._ended(found, refund, client.client_id))
        except Unavailable:
            return Outcome(Result.UPSTREAM_TIMEOUT, found, refund)

    def _ended(
        self, found: Purchase, refund: Refund, actor: str, ticket: Ticket | None = None
    ) -> tuple[Purchase, Refund]:
        try:
            self.payments.refund(found.payment_id, refund)
            ended = replace(refund, state=RefundState.DONE)
        except RefusedForGood as problem:
            ended = replace(refund, state=RefundState.FAILED, reason=problem.code)
        for _ in range(_ROUNDS):
            try:
                return self._written(found, ended, actor, ticket), ended
            except ConditionFailed as problem:
                found, known = self._now(ended)
                if ticket is not None and ticket.task_id in problem.labels:
                    raise
                if known.state is not RefundState.PROCESSING:
                    return found, known
        raise Unavailable("contention")

    def _now(self, refund: Refund) -> tuple[Purchase, Refund]:
        found = self.store.purchase(refund.ya_transaction_id)
        known = self.store.refund(refund.ya_transaction_id, refund.refund_trn)
        if found is None or known is None:
            raise LookupError("a refund that is gone")
        return found, known

    def _written(
        self, found: Purchase, ended: Refund, actor: str, ticket: Ticket | None
    ) -> Purchase:
        after = self._after(found, ended)
        writes = Transaction()
        name = f"refund_{ended.state.value.lower()}"
        self.store.save(writes, after, name, actor, _details(ended))
        self.store.end_refund(writes, ended)
        if ticket is None:
            self.tasks.disarm(writes, refund_watch_id(ended))
        else:
            ticket.done(writes)
        commit(writes)
        if ended.state is RefundState.DONE:
            metrics.count("CmCancelsRefunds", Merchant=after.merchant_id)
        else:
            metrics.count("CmRefundFailed")
            logs.error("refund_failed", ya_transaction_id=after.ya_transaction_id)
        return after

    def _after(self, found: Purchase, ended: Refund) -> Purchase:
        now, reserved = self.clock.now(), found.reserved - ended.amount
        if ended.state is RefundState.FAILED:
            return found.moved(now, reserved=reserved)
        refunded = found.refunded + ended.amount
        whole = refunded == found.amount
        state = State.REFUNDED if whole else State.PARTIALLY_REFUNDED
        return found.moved(now, reserved=reserved, refunded=refunded, state=state)


def _refusal(found: Purchase, amount: Money) -> Result | None:
    if found.wish is not Wish.NONE:
        return Result.SYSTEM_ERROR
    if found.state is State.REFUNDED:
        return Result.REFUND_TOO_LARGE
    if found.state not in REFUNDABLE or amount.currency != found.amount.currency:
        return Result.STATE_FORBIDS
    if amount.minor > found.rest.minor:
        return Result.REFUND_TOO_LARGE
    return None


def _told(found: Purchase, refund: Refund) -> Outcome:
    failed = refund.state is RefundState.FAILED
    return Outcome(
        Result.STATE_FORBIDS if failed else Result.OK, found, refund, detail=refund.reason
    )


def _details(refund: Refund) -> dict[str, str]:
    return {"refund_trn": refund.refund_trn, "amount": str(refund.amount)}
