"""Giving money back after the clear, asked for by an operator (QO-11, 15, 36, 37).

One commit reserves the amount and writes the basket of the next invoice version; the task sends it,
the watch sees it end. An order has one refund under way at most.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from qr_orders import store as labels
from qr_orders.model import Order, Payment
from qr_orders.model.invoice import PAYMENT_VERSION, Change, Invoice
from qr_orders.model.refund import Wish, as_engine_has, kept, returned
from qr_orders.ports import Engine
from qr_orders.store import OrderStore
from qr_orders.use_cases.arming import arm_refund, arm_watch
from shared import logs, metrics
from shared.clock import Clock
from shared.errors import Conflict, Refused, Unavailable
from shared.invoices import EngineRefused
from shared.money import Money
from shared.store import ConditionFailed, Transaction, commit
from shared.tasks import Tasks, Ticket

_ROUNDS: Final = 5
_REBASES_MAX: Final = 5
_RETRY_MIN_S: Final = 30
_RETRY_MAX_S: Final = 3600
_REFUNDABLE: Final = frozenset({Payment.CLEARED, Payment.PARTIALLY_REFUNDED})
_UNDER_WAY: Final = frozenset({Payment.REFUNDING, Payment.REFUND_FAILED})


@dataclass(frozen=True, slots=True)
class Refunds:
    store: OrderStore
    tasks: Tasks
    engine: Engine
    clock: Clock
    poll_period_s: int

    def request(self, wish: Wish) -> Change:
        """The invoice version that gives the money back; the same one for the same refund id.

        Raises NotFound; Conflict: idempotency_conflict, refund_in_progress, not_cleared,
        stale_version; Refused: over_refund and those of model.refund.returned.
        """
        for _ in range(_ROUNDS):
            # The order first: a refund seen under way has its claim already.
            order = self.store.get(wish.order_id)
            repeated = self._repeated(wish)
            if repeated is not None:
                return repeated
            try:
                return self._begin(order, wish)
            except ConditionFailed:
                continue
        raise Unavailable("contention")

    def _repeated(self, wish: Wish) -> Change | None:
        owner, said = self.store.claimed(labels.REFUND, _name(wish))
        if owner is None:
            return None
        if said != wish.content:
            raise Conflict("idempotency_conflict", refund_id=wish.refund_id)
        # The first of its versions is what was answered; a rebase has made later ones.
        changes = self.store.changes(wish.order_id)
        return next(change for change in changes if change.refund_id == wish.refund_id)

    def _begin(self, order: Order, wish: Wish) -> Change:
        _require_refundable(order, wish)
        now = self.clock.now()
        change = self._change(order, wish, now)
        if change.back.minor > order.cleared - order.refunded:
            raise Refused("over_refund", **_state(order))
        after = order.moved(
            now,
            Payment.REFUNDING,
            invoice_version=change.version,
            refunding=change.back.minor,
            failure_code="",
        )
        transaction = Transaction()
        self.store.move(
            transaction, order, after, "refund_started", wish.operator, reason=wish.reason
        )
        self.store.add_change(transaction, change)
        self.store.claim(transaction, labels.REFUND, _name(wish), order.order_id, wish.content)
        arm_refund(self.tasks, transaction, order.order_id, now)
        commit(transaction)
        return change

    def _change(self, order: Order, wish: Wish, now: datetime) -> Change:
        """The next basket, from the journal at the order's version and nothing else (O17)."""
        base = self.store.change(order.order_id, order.invoice_id, order.invoice_version)
        back = returned(base.items, wish.portions)
        items = kept(base.items, back) if wish.portions else ()
        return Change(
            order_id=order.order_id,
            invoice_id=order.invoice_id,
            version=order.invoice_version + 1,
            at=now,
            author=wish.operator,
            reason=wish.reason,
            items=items,
            total=Money.total((item.total for item in items), order.total.currency),
            refund_id=wish.refund_id,
            returned=back,
        )

    def update(self, ticket: Ticket) -> None:
        """Task qr_order_update_transactions: the engine gets the order's newest basket (QO-15)."""
        order = self.store.find(ticket.payload["order_id"])
        if order is None or order.payment not in _UNDER_WAY:
            ticket.finish()
            return
        if ticket.attempts > _REBASES_MAX:
            metrics.count("RefundStuck")
        if order.payment is Payment.REFUND_FAILED:
            order = self._retried(order)
        change = self.store.change(order.order_id, order.invoice_id, order.invoice_version)
        try:
            self.engine.update(change)
        except EngineRefused as problem:
            self._refused(order, change, problem.code, ticket)
        else:
            self._sent(order, ticket)

    def _retried(self, order: Order) -> Order:
        """A refund that failed is under way again: the amount has been reserved all the time."""
        after = order.moved(self.clock.now(), Payment.REFUNDING, failure_code="")
        transaction = Transaction()
        self.store.move(transaction, order, after, "refund_retried", "qr_orders")
        commit(transaction)
        return after

    def _sent(self, order: Order, ticket: Ticket) -> None:
        transaction = Transaction()
        ticket.done(transaction)
        look_at = self.clock.now() + timedelta(seconds=self.poll_period_s)
        arm_watch(self.tasks, transaction, order.order_id, look_at)
        commit(transaction)

    def _refused(self, order: Order, change: Change, code: str, ticket: Ticket) -> None:
        """Why the engine did not take this version: the invoice itself says (O16)."""
        invoice = self.engine.retrieve(change.invoice_id)
        if invoice is not None and change.operation_id in invoice.operations:
            self._sent(order, ticket)
        elif invoice is not None and invoice.status == "refunding":
            self._wait(ticket)
        elif code == "version_conflict" and invoice is not None:
            self._rebase(order, change, invoice, ticket)
        else:
            self._fail(order, change, code, ticket)

    def _wait(self, ticket: Ticket) -> None:
        transaction = Transaction()
        ticket.again(transaction, self.clock.now() + timedelta(seconds=self.poll_period_s))
        commit(transaction)

    def _rebase(self, order: Order, change: Change, invoice: Invoice, ticket: Ticket) -> None:
        """Somebody else wrote our version: the same refund on top of theirs, bounds checked anew.

        The next run sends it; this one has had its try.
        """
        metrics.count("InvoiceVersionConflict")
        logs.error("version_conflict", order_id=order.order_id, version=invoice.version)
        rebases = int(ticket.payload.get("rebases", 0)) + 1
        later = self._rebased(change, invoice)
        if later is None or invoice.refunded + order.refunding > order.cleared:
            self._fail(order, change, "over_refund", ticket)
            return
        if rebases > _REBASES_MAX:
            self._fail(order, change, "version_conflict", ticket)
            return
        now = self.clock.now()
        after = replace(order.moved(now), invoice_version=later.version, refunded=invoice.refunded)
        transaction = Transaction()
        self.store.move(transaction, order, after, "refund_rebased", "qr_orders")
        self.store.add_change(transaction, later)
        ticket.again(transaction, now, ticket.payload | {"rebases": rebases})
        commit(transaction)

    def _rebased(self, change: Change, invoice: Invoice) -> Change | None:
        """None when the engine's basket does not hold what is to go back, or is not its money."""
        left = sum(line.amount for line in invoice.lines)
        if invoice.version < change.version or left != invoice.cleared - invoice.refunded:
            return None
        bill = self.store.change(change.order_id, change.invoice_id, PAYMENT_VERSION).items
        try:
            items = kept(as_engine_has(bill, invoice.lines), change.returned)
        except Refused:
            return None
        total = Money.total((item.total for item in items), change.total.currency)
        at = self.clock.now()
        return replace(change, version=invoice.version + 1, at=at, items=items, total=total)

    def _fail(self, order: Order, change: Change, code: str, ticket: Ticket) -> None:
        now = self.clock.now()
        after = order.moved(now, Payment.REFUND_FAILED, failure_code=code)
        transaction = Transaction()
        self.store.move(transaction, order, after, "payment_refund_failed", "engine", reason=code)
        ticket.again(transaction, retry_at(change, now), {"order_id": order.order_id})
        transaction.after_commit.append(lambda: alarm(after))
        commit(transaction)


def retry_at(change: Change, now: datetime) -> datetime:
    """When a refund that failed is tried again: the older it is, the later."""
    age_s = (now - change.at).total_seconds()
    return now + timedelta(seconds=min(max(age_s / 4, _RETRY_MIN_S), _RETRY_MAX_S))


def alarm(order: Order) -> None:
    """A guest waits for money: somebody should look why."""
    metrics.count("RefundFailed")
    logs.error("refund_failed", order_id=order.order_id, code=order.failure_code)


def _name(wish: Wish) -> str:
    return f"{wish.order_id}#{wish.refund_id}"


def _require_refundable(order: Order, wish: Wish) -> None:
    if order.payment in _UNDER_WAY:
        raise Conflict("refund_in_progress", **_state(order))
    if order.payment is Payment.REFUNDED:
        raise Refused("over_refund", **_state(order))
    if order.payment not in _REFUNDABLE:
        raise Conflict("not_cleared", **_state(order))
    if order.invoice_version != wish.version:
        raise Conflict("stale_version", **_state(order))


def _state(order: Order) -> dict[str, object]:
    """As elsewhere, but the version is the invoice's, which a refund must name."""
    return order.public_state() | {"version": order.invoice_version}
