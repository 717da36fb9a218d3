"""How many orders are where, and which do not move on (QO-20, O7, decision 0017)."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from qr_orders.model import Partner, Payment
from shared import metrics
from shared.clock import Clock
from shared.tasks import Tasks

# Of a payment's status: after so many minutes without a change somebody should look.
STUCK_AFTER_MIN: Final[Mapping[Payment, int]] = {
    Payment.INIT: 2,
    Payment.HOLDING: 15,
    Payment.HELD: 30,
    Payment.CLEARING: 10,
    # A guest waits for money.
    Payment.CANCELLING: 15,
    Payment.REFUNDING: 60,
}
_ORDER_ID: Final = re.compile(r"#([0-9A-HJKMNP-TV-Z]{26})(?![0-9A-Z])")


@dataclass(frozen=True, slots=True)
class Glance:
    """What the census needs of an order."""

    payment: Payment
    partner: Partner
    changed_at: datetime


class Glances(Protocol):
    def glances(self, order_ids: Iterable[str]) -> list[Glance]: ...


@dataclass(frozen=True, slots=True)
class Census:
    orders: Glances
    tasks: Tasks
    clock: Clock

    def take(self) -> None:
        """Cron collect_metrics: gauges of every order that a task will look at again."""
        found = self.orders.glances({*order_ids(self.tasks.ids())})
        self._by_status(found)
        self._stuck(found)

    def _by_status(self, found: list[Glance]) -> None:
        payments = Counter(each.payment for each in found)
        partners = Counter(each.partner for each in found)
        for payment in Payment:
            metrics.gauge("OrdersByStatus", payments[payment], Axis="payment", Status=payment.value)
        for partner in Partner:
            metrics.gauge("OrdersByStatus", partners[partner], Axis="partner", Status=partner.value)
        metrics.gauge("RefundsRunning", payments[Payment.REFUNDING])

    def _stuck(self, found: list[Glance]) -> None:
        now = self.clock.now()
        stuck = Counter(each.payment for each in found if is_stuck(each, now))
        for payment in STUCK_AFTER_MIN:
            metrics.gauge("StuckOrders", stuck[payment], Status=payment.value)
        metrics.gauge("StuckOrders", stuck.total())


def is_stuck(order: Glance, now: datetime) -> bool:
    limit_min = STUCK_AFTER_MIN.get(order.payment)
    return limit_min is not None and now - order.changed_at > timedelta(minutes=limit_min)


def order_ids(task_ids: Iterable[str]) -> Iterable[str]:
    """The orders that tasks are about: `<queue>#<order>…`; invoices begin with their order's id."""
    return (found[1] for found in map(_ORDER_ID.search, task_ids) if found)
