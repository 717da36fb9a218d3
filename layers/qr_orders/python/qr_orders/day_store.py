"""Orders by the day on which they changed last, and of tasks: an index finds, strong reads tell."""

from collections.abc import Iterable, Sequence

from qr_orders.model import Order, Partner, Payment
from qr_orders.store import from_row
from qr_orders.tables import OrderRow
from qr_orders.use_cases.census import Glance
from shared.clock import from_ms
from shared.store import available


class DayStore:
    """Ports Days and Glances over the orders table."""

    def page(self, day: str, after: str, most: int) -> list[str]:
        """Ids above `after` of orders with an invoice whose last change was on `day`, ascending."""
        with available():
            rows = OrderRow.by_day.query(day, OrderRow.order_id > after, limit=most)
            return [row.order_id for row in rows]

    def orders(self, order_ids: Sequence[str]) -> list[Order]:
        """In the order of their ids."""
        rows = OrderRow.find_all([(each,) for each in order_ids])
        return sorted(map(from_row, rows), key=lambda order: order.order_id)

    def glances(self, order_ids: Iterable[str]) -> list[Glance]:
        keys = [(each,) for each in order_ids]
        fields = ("order_id", "payment_status", "partner_status", "updated_at")
        return [
            Glance(
                Payment(row.payment_status), Partner(row.partner_status), from_ms(row.updated_at)
            )
            for row in OrderRow.find_all(keys, *fields)
        ]
