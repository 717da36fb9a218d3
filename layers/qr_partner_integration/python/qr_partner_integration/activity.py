"""Orders whose tills have fallen silent are expired, before a guest starts to pay (QI-04)."""

from dataclasses import dataclass
from typing import Final

from qr_partner_integration.model import SilentOrder
from qr_partner_integration.ports import SilentOrders
from shared import logs, metrics, trace
from shared.clock import Clock
from shared.errors import AppError, Conflict

# Enough for one more call, which has a time-out of its own.
_RESERVE_S: Final = 15


@dataclass(frozen=True, slots=True)
class ActivityCheck:
    """qr_orders finds the orders and decides on each again; what is left over waits a minute."""

    orders: SilentOrders
    clock: Clock

    def run(self) -> int:
        """Page by page while there is time; how many orders were expired."""
        now, cursor, expired = self.clock.now(), None, 0
        while trace.remaining_s() > _RESERVE_S:
            page, cursor = self.orders.silent(now, cursor)
            for order in page:
                if trace.remaining_s() <= _RESERVE_S:
                    break
                expired += self._expire(order)
            if cursor is None:
                return expired
        logs.warning("activity_check_unfinished", expired=expired)
        return expired

    def _expire(self, order: SilentOrder) -> bool:
        """One order that cannot be expired keeps no other from it."""
        about = {"order_id": order.order_id, "partner_id": order.partner_id}
        try:
            self.orders.expire(order)
        except Conflict as problem:
            logs.info("activity_check_overruled", code=problem.code, **about)
            return False
        except AppError as problem:
            logs.error("activity_check_failed", problem, **about)
            return False
        metrics.count("ActivityExpired")
        logs.info("activity_expired", **about)
        return True
