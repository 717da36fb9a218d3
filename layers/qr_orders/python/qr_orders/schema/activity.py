"""Wire models of get-inactive (QO-41, decision 9)."""

from typing import Annotated, Self

from pydantic import AwareDatetime, Field

from qr_orders.use_cases.activity import Silent
from shared.clock import to_iso
from shared.wire import Wire

LIMIT_MAX = 100


class GetInactive(Wire):
    """`cursor` is that of the page before."""

    polled_before: Annotated[AwareDatetime, Field(strict=False)]
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = LIMIT_MAX
    cursor: Annotated[str, Field(max_length=256)] | None = None


class InactiveOrder(Wire):
    """A never polled order counts from its last change: `last_polled_at` says so then."""

    order_id: str
    partner_id: str
    last_polled_at: str


class InactivePage(Wire):
    """Without a cursor it is the last page."""

    orders: list[InactiveOrder]
    cursor: str | None

    @classmethod
    def of(cls, page: Silent) -> Self:
        orders = [
            InactiveOrder(
                order_id=order.order_id,
                partner_id=order.partner_id,
                last_polled_at=to_iso(order.seen_at),
            )
            for order in page.orders
        ]
        return cls(orders=orders, cursor=page.cursor)
