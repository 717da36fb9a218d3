"""The end of an order's time to live (QO-18, decision 8, X2, X3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qr_orders.activity_rows import expired_by
from qr_orders.model import IN_FLIGHT, Order, Payment
from qr_orders.model.expiry import OnExpireHeld, Source, expired, may_expire
from qr_orders.store import OrderStore
from qr_orders.use_cases.arming import arm_money
from shared import logs, metrics
from shared.clock import Clock
from shared.store import Transaction, commit
from shared.tasks import Tasks, Ticket

# A guest who pays in the last minute leaves the till this long to close the order.
_IN_FLIGHT_LOOK_S: Final = 600
_KEPT_LOOK_S: Final = 3600


@dataclass(frozen=True, slots=True)
class Expiry:
    store: OrderStore
    tasks: Tasks
    clock: Clock

    def expire(self, ticket: Ticket) -> None:
        """Task qr_order_expired. A payment in flight is never expired: it is looked at again."""
        order = self.store.find(ticket.payload["order_id"])
        if order is None or not may_expire(order):
            ticket.finish()
            return
        now = self.clock.now()
        transaction = Transaction()
        if order.expires_at > now:
            ticket.again(transaction, order.expires_at)
        elif order.payment in IN_FLIGHT:
            ticket.again(transaction, now + timedelta(seconds=_IN_FLIGHT_LOOK_S))
        elif self.end(transaction, order, now, Source.EXPIRY) is None:
            ticket.again(transaction, now + timedelta(seconds=_KEPT_LOOK_S))
        else:
            ticket.done(transaction)
        commit(transaction)

    def end(
        self,
        transaction: Transaction,
        order: Order,
        now: datetime,
        actor: str,
        reason: str = "",
    ) -> Order | None:
        """The order that is over, with what its money needs; None when it stays as it is."""
        on_held = OnExpireHeld.CANCEL
        if order.payment is Payment.HELD:
            on_held = self._on_held(order)
        after = expired(order, now, on_held)
        if after is None:
            return None
        event = f"expired_{order.payment}" if order.held else f"partner_{after.partner}"
        over = expired_by(now)
        self.store.move(transaction, order, after, event, actor, reason=reason, given=[over])
        arm_money(self.tasks, transaction, after, now)
        return after

    def _on_held(self, order: Order) -> OnExpireHeld:
        """As the partner's snapshot says. Told before the commit: a crash hides no paid order."""
        settings = self.store.basket(order).partner["settings"]
        on_held = OnExpireHeld(settings["on_expire_held"])
        metrics.count("HeldOrderExpired")
        logs.error("held_order_expired", order_id=order.order_id, policy=on_held.value)
        return on_held
