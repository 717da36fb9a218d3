"""Holding and clearing the guest's money (QO-06, 12, 13, 39).

A payment is claimed by one commit, which also arms the order's watch; the engine is called after
it, inline, and the watch repeats whatever a crash, a time-out or a lost callback left open.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qr_orders.model import IN_FLIGHT, PAYABLE, STILL_OPEN, Order, Partner, Payment, PaymentMethod
from qr_orders.model.invoice import Change, Invoice, applied, disagrees, unsent
from qr_orders.model.journal import Settled
from qr_orders.ports import Engine, Notifier
from qr_orders.store import OrderStore
from qr_orders.use_cases import refunds
from qr_orders.use_cases.arming import arm_cancel, arm_cleared, arm_close, arm_refund, arm_watch
from shared import logs, metrics
from shared.clock import Clock
from shared.errors import AppError, Conflict, Gone, Refused, Unavailable
from shared.invoices import EngineRefused
from shared.money import BadAmount, Money
from shared.store import ConditionFailed, Transaction, commit
from shared.tasks import Tasks, Ticket

_ROUNDS: Final = 5
# The handler is dead by then: the watch may safely do its work.
_DEAD_MAN_S: Final = 25
_HELD_LOOK_S: Final = 600
_POLL_MAX_S: Final = 60
_WATCHED: Final = frozenset(
    {
        *(Payment.HOLDING, Payment.HELD, Payment.CLEARING, Payment.CANCELLING),
        Payment.REFUNDING,
    }
)
_HOLD_GONE: Final = frozenset({"cancelled", "hold_failed"})
_MOVED: Final = frozenset({Payment.CLEARED, Payment.PARTIALLY_REFUNDED, Payment.REFUNDED})


@dataclass(frozen=True, slots=True)
class StartPayment:
    """A guest's wish to pay; `key` makes a repeat of the same wish harmless."""

    order_id: str
    user_id: str
    method: PaymentMethod
    version: int
    expected_total: str
    key: str
    ip: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Payments:
    store: OrderStore
    tasks: Tasks
    engine: Engine
    notifier: Notifier
    clock: Clock
    poll_period_s: int

    def start(self, wish: StartPayment) -> Order:
        """Claims the order for the guest and asks the engine to hold (QO-06, QO-33, X1).

        Raises NotFound; Gone order_expired; Conflict: already_paying, order_changed, order_closed,
        order_already_paid; Refused idempotency_mismatch. `init` means the watch does the rest.
        """
        for _ in range(_ROUNDS):
            order = self.store.get(wish.order_id)
            if order.payment_key == wish.key and order.user_id == wish.user_id:
                return _replayed(order, wish)
            now = self.clock.now()
            _require_payable(order, wish, now)
            try:
                claimed, change = self._claim(order, wish, now)
            except ConditionFailed:
                continue
            try:
                return self._hold(claimed, change, None)
            except (Unavailable, ConditionFailed):
                return self.store.get(wish.order_id)
        raise Unavailable("contention")

    def _claim(self, order: Order, wish: StartPayment, now: datetime) -> tuple[Order, Change]:
        claimed = order.moved(
            now,
            Payment.INIT,
            attempt=order.attempt + 1,
            user_id=wish.user_id,
            method=wish.method,
            payment_key=wish.key,
            payer_ip=wish.ip,
            locale=wish.locale,
            invoice_version=1,
            failure_code="",
        )
        change = Change(
            order_id=order.order_id,
            invoice_id=claimed.invoice_id,
            version=1,
            at=now,
            author=wish.user_id,
            reason="payment",
            items=self.store.basket(order).items,
            total=order.total,
        )
        transaction = Transaction()
        self.store.move(
            transaction, order, claimed, "payment_started", wish.user_id, payable_at=now
        )
        self.store.add_change(transaction, change)
        arm_watch(self.tasks, transaction, order.order_id, now + timedelta(seconds=_DEAD_MAN_S))
        commit(transaction)
        return claimed, change

    def _hold(self, order: Order, change: Change, ticket: Ticket | None) -> Order:
        """Creates the invoice and sets its basket, both repeatable; records what came of it."""
        now = self.clock.now()
        try:
            self.engine.create(order)
            self.engine.update(change)
            after = order.moved(now, Payment.HOLDING)
        except EngineRefused as problem:
            logs.error("hold_refused", order_id=order.order_id, code=problem.code)
            after = order.moved(now, Payment.HOLD_FAILED, failure_code="technical_error")
        transaction = Transaction()
        self.store.move(transaction, order, after, f"payment_{after.payment}", "engine")
        look_at = self._next_poll(after, now)
        if after.payment is Payment.HOLD_FAILED:
            # A refusal of one call does not prove that an earlier one held nothing.
            arm_cancel(self.tasks, transaction, order.order_id, order.invoice_id, now)
            look_at = now
        if ticket is None:
            arm_watch(self.tasks, transaction, order.order_id, look_at)
        else:
            ticket.again(transaction, look_at)
        commit(transaction)
        return after

    def watch(self, ticket: Ticket) -> None:
        """Task qr_order_check_payment: looks at a payment until it needs no look (QO-39)."""
        order = self.store.find(ticket.payload["order_id"])
        if order is None:
            ticket.finish()
        elif order.payment is Payment.INIT:
            change = self.store.change(order.order_id, order.invoice_id, order.invoice_version)
            self._hold(order, change, ticket)
        elif order.payment in _WATCHED:
            self._apply(order, ticket)
        else:
            if order.payment is Payment.HOLD_FAILED:
                self._tell_failure(order)
            ticket.finish()

    def _apply(self, order: Order, ticket: Ticket) -> None:
        invoice = self.engine.retrieve(order.invoice_id)
        now = self.clock.now()
        after = None if invoice is None else applied(order, invoice, now)
        if order.payment is Payment.CANCELLING and self._never_asked(order, invoice, now):
            after = order.moved(now, Payment.CANCELLED)
        if order.payment is Payment.CLEARING and invoice and invoice.status in _HOLD_GONE:
            after = self._clear_lost(order, invoice.status)
        transaction = Transaction()
        if after is None:
            self._alarm(order, invoice)
            if order.payment is Payment.CLEARING and invoice and invoice.status == "held":
                # Not asked yet, or a clear has failed and the hold is as it was.
                arm_close(self.tasks, transaction, order.order_id, now)
            if invoice and unsent(order, invoice):
                arm_refund(self.tasks, transaction, order.order_id, now)
            ticket.again(transaction, self._next_poll(order, now))
        else:
            self.store.move(transaction, order, after, f"payment_{after.payment}", "engine")
            self._follow(transaction, after, ticket, now)
        commit(transaction)

    def _never_asked(self, order: Order, invoice: Invoice | None, now: datetime) -> bool:
        """No basket ever reached the engine, and the handler that could send one is dead."""
        if invoice is not None and invoice.status != "init":
            return False
        started_at = self.store.change(order.order_id, order.invoice_id, 1).at
        return now > started_at + timedelta(seconds=2 * _DEAD_MAN_S)

    def _follow(
        self, transaction: Transaction, order: Order, ticket: Ticket, now: datetime
    ) -> None:
        if order.payment in _MOVED:
            arm_cleared(self.tasks, transaction, order, Settled(order.invoice_version, now), now)
            ticket.done(transaction)
        elif order.payment is Payment.REFUND_FAILED:
            change = self.store.change(order.order_id, order.invoice_id, order.invoice_version)
            due_at = refunds.retry_at(change, now)
            arm_refund(self.tasks, transaction, order.order_id, due_at)
            ticket.done(transaction)
            transaction.after_commit.append(lambda: refunds.alarm(order))
        elif order.payment is Payment.HOLD_FAILED:
            ticket.again(transaction, now)
        elif order.payment is Payment.CANCELLED:
            ticket.done(transaction)
        else:
            ticket.again(transaction, self._next_poll(order, now))

    def close(self, ticket: Ticket) -> None:
        """Task qr_orders_close: clears the hold of a closed order until it is accepted (QO-13)."""
        order = self.store.find(ticket.payload["order_id"])
        if order is None or order.payment is not Payment.CLEARING:
            ticket.finish()
            return
        now = self.clock.now()
        transaction = Transaction()
        try:
            self.engine.clear(order.invoice_id)
            look_at = self._next_poll(order, now)
        except EngineRefused as problem:
            self._lost_hold(transaction, order, problem.code)
            look_at = now
        ticket.done(transaction)
        arm_watch(self.tasks, transaction, order.order_id, look_at)
        commit(transaction)

    def _lost_hold(self, transaction: Transaction, order: Order, code: str) -> None:
        """The engine will not clear: it has already, or the hold is gone (O8).

        While it still holds, the refusal is about something else and the task tries again.
        """
        invoice = self.engine.retrieve(order.invoice_id)
        status = invoice.status if invoice else "none"
        if status == "held":
            raise EngineRefused(code)
        if status in ("clearing", "cleared"):
            return
        after = self._clear_lost(order, code)
        self.store.move(transaction, order, after, "payment_clear_failed", "engine", reason=code)

    def _clear_lost(self, order: Order, code: str) -> Order:
        metrics.count("ClearLost")
        logs.error("clear_lost", order_id=order.order_id, code=code)
        return order.moved(self.clock.now(), Payment.CLEAR_FAILED, failure_code="hold_expired")

    def _next_poll(self, order: Order, now: datetime) -> datetime:
        """The callback is the fast path; the poll backs off with the age of the status."""
        if order.payment is Payment.HELD:
            return now + timedelta(seconds=_HELD_LOOK_S)
        age_s = (now - order.updated_at).total_seconds()
        return now + timedelta(seconds=min(max(self.poll_period_s, age_s / 4), _POLL_MAX_S))

    def _alarm(self, order: Order, invoice: Invoice | None) -> None:
        missing = invoice is None and order.payment is not Payment.CANCELLING
        if missing or (invoice is not None and disagrees(order, invoice)):
            metrics.count("InvoiceMismatch")
            logs.error("invoice_mismatch", order_id=order.order_id, invoice_id=order.invoice_id)

    def _tell_failure(self, order: Order) -> None:
        key = f"{order.order_id}:payment_failed:{order.attempt}"
        params = {"order_id": order.order_id, "code": order.failure_code}
        self.notifier.notify(key, order.user_id, "payment_failed", params, order.locale)


def _replayed(order: Order, wish: StartPayment) -> Order:
    same = order.method == wish.method and order.version == wish.version
    if not same or not _expected(order, wish):
        raise Refused("idempotency_mismatch")
    return order


def _require_payable(order: Order, wish: StartPayment, now: datetime) -> None:
    problem = _unpayable(order, now)
    if problem is not None:
        raise problem
    if order.version != wish.version or not _expected(order, wish):
        raise Conflict("order_changed", version=order.version, total=str(order.total))


def _expected(order: Order, wish: StartPayment) -> bool:
    """As money, not as text: "1570" is "1570.00"."""
    try:
        return Money.parse(wish.expected_total, order.total.currency) == order.total
    except BadAmount:
        return False


def _unpayable(order: Order, now: datetime) -> AppError | None:
    if order.partner is Partner.EXPIRED or order.is_expired(now):
        return Gone("order_expired")
    if order.payment in IN_FLIGHT or (
        order.payment is Payment.HELD and order.partner in STILL_OPEN
    ):
        return Conflict("already_paying")
    if order.partner not in STILL_OPEN and order.payment in (*PAYABLE, Payment.CANCELLED):
        return Conflict("order_closed")
    if order.payment not in PAYABLE:
        return Conflict("order_already_paid")
    return None
