"""Cashback: what the cashback service asks, and what it says it has credited (QO-07, 19, 26).

The service that credits is not ours: its ticket is a fact, taken once and for ever.
"""

from dataclasses import dataclass
from typing import Any, Final

from qr_orders.model import Order
from qr_orders.model.cashback import Credit, Offer
from qr_orders.model.invoice import PAYMENT_VERSION
from qr_orders.model.journal import parse_invoice_id
from qr_orders.ports import Credits, Notifier
from qr_orders.store import OrderStore
from qr_orders.task_names import CASHBACK_NOTIFY
from shared import logs, metrics
from shared.clock import Clock
from shared.errors import NotFound
from shared.money import Money
from shared.store import ConditionFailed, Transaction, commit
from shared.tasks import Tasks, Ticket

_TICKET: Final = "cashback"
# Looks for an order that nobody has heard of, or that nobody has paid: then an operator decides.
_LOOKS_MAX: Final = 20


class NothingCleared(LookupError):
    """Cashback of an order that we do not know, or whose payment we have not seen yet."""


@dataclass(frozen=True, slots=True)
class CashbackInfo:
    """`base` is what the guest has paid and not got back (QO-07)."""

    order: Order
    base: Money
    offer: Offer
    city: str


@dataclass(frozen=True, slots=True)
class Cashback:
    store: OrderStore
    tasks: Tasks
    credits: Credits
    notifier: Notifier
    clock: Clock

    def info(self, order_id: str, invoice_id: str, version: int | None) -> CashbackInfo:
        """By order or by the invoice of its payment; of now, or at a version of that invoice.

        Zero while nothing is cleared. Raises NotFound order_not_found, version_not_found.
        """
        invoice = parse_invoice_id(invoice_id)
        named = order_id or (invoice[0] if invoice else "")
        order = self.store.find(named) if named else None
        if order is None or invoice_id not in ("", order.invoice_id):
            raise NotFound("order_not_found")
        partner, base = self.store.basket(order).partner, self._base(order, version)
        offer = Offer.of(partner, order.total.currency)
        return CashbackInfo(order, base, offer, partner.get("city", ""))

    def _base(self, order: Order, version: int | None) -> Money:
        latest = order.invoice_version
        if version is not None and not PAYMENT_VERSION <= version <= latest:
            raise NotFound("version_not_found")
        if version is None or version == latest or not order.cleared:
            # The latest version may be a refund still on its way: only what is done counts.
            return Money(order.cleared - order.refunded, order.total.currency)
        return self.store.change(order.order_id, order.invoice_id, version).total

    def receive(self, credit: Credit, digest: str) -> None:
        """Intake of qr_order_cashback_notify: one transaction claims the ticket and arms its task.

        The claim is for ever: a repeat changes nothing, other content under it is an alarm.
        """
        transaction = Transaction()
        self.store.claim(transaction, _TICKET, credit.ticket_id, credit.order_id, digest)
        payload: dict[str, str | int] = {
            "ticket_id": credit.ticket_id,
            "order_id": credit.order_id,
            "amount": credit.amount.minor,
            "currency": credit.amount.currency,
            "credited_at": credit.credited_at,
        }
        task_id = f"{CASHBACK_NOTIFY}#{credit.ticket_id}"
        self.tasks.arm(transaction, task_id, payload, self.clock.now())
        try:
            commit(transaction)
        except ConditionFailed as problem:
            if _TICKET not in problem.labels:
                raise
            self._compare(credit, digest)

    def _compare(self, credit: Credit, digest: str) -> None:
        if self.store.claimed(_TICKET, credit.ticket_id)[1] != digest:
            _alarm("cashback_ticket_reused", credit)

    def notify(self, ticket: Ticket) -> None:
        """Task qr_order_cashback_notify: tells Eda and the guest, then records it (QO-19).

        Of an unknown or unpaid order it waits, and in the end for an operator: never dropped.
        """
        credit = _credit(ticket.payload)
        order = self.store.find(credit.order_id)
        if order is None or not order.cleared:
            self._wait(ticket)
            return
        if credit.amount.currency != order.total.currency:
            _alarm("cashback_currency_mismatch", credit)
            self.tasks.park(ticket)
            return
        self.credits.credit(order.invoice_id, PAYMENT_VERSION, credit)
        params = {"order_id": order.order_id, "amount": str(credit.amount)}
        key = f"{order.order_id}:cashback_credited:{credit.ticket_id}"
        self.notifier.notify(key, order.user_id, "cashback_credited", params, order.locale)
        self._record(order, credit, ticket)

    def _wait(self, ticket: Ticket) -> None:
        if ticket.attempts <= _LOOKS_MAX:
            raise NothingCleared
        self.tasks.park(ticket)

    def _record(self, order: Order, credit: Credit, ticket: Ticket) -> None:
        """If the order has moved meanwhile, the task comes again: its calls may be repeated."""
        credited = order.cashback + credit.amount.minor
        after = order.moved(self.clock.now(), cashback=credited)
        transaction = Transaction()
        self.store.move(
            transaction, order, after, "cashback_credited", "cashback", reason=credit.ticket_id
        )
        ticket.done(transaction)
        commit(transaction)


def _credit(payload: dict[str, Any]) -> Credit:
    amount = Money(int(payload["amount"]), payload["currency"])
    return Credit(payload["ticket_id"], payload["order_id"], amount, payload["credited_at"])


def _alarm(event: str, credit: Credit) -> None:
    metrics.count("CashbackConflict")
    logs.error(event, ticket_id=credit.ticket_id, order_id=credit.order_id)
