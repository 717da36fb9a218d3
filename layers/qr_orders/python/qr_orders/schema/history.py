"""Wire models of get-by-user (QO-03)."""

from typing import Annotated, Self

from pydantic import Field

from qr_orders.model import Receipt
from qr_orders.schema.orders import ReceiptView
from qr_orders.schema.wire import Statuses, UserId
from qr_orders.use_cases.history import Entry, Page
from shared.clock import to_iso
from shared.money import Money
from shared.wire import Wire

LIMIT_MAX = 100


class GetByUser(Wire):
    """`older_than` is the cursor of the page before."""

    user_id: UserId
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = 20
    older_than: Annotated[str, Field(max_length=512)] | None = None


class PartnerView(Wire):
    name: str
    address: str


class HistoryOrder(Wire):
    """As much of an order as a history shows; receipts are the stored ones, oldest first."""

    order_id: str
    partner_id: str
    user_id: str
    version: int
    status: Statuses
    expired: bool
    total: str
    refunded: str
    currency: str
    created_at: str
    updated_at: str
    partner: PartnerView
    receipts: list[ReceiptView]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        order, partner = entry.order, entry.partner
        return cls(
            order_id=order.order_id,
            partner_id=order.partner_id,
            user_id=order.user_id,
            version=order.version,
            status=Statuses.of(order),
            expired=entry.expired,
            total=str(order.total),
            refunded=str(Money(order.refunded, order.total.currency)),
            currency=order.total.currency,
            created_at=to_iso(order.created_at),
            updated_at=to_iso(order.updated_at),
            partner=PartnerView(name=partner["name"], address=partner["address"]),
            receipts=[_receipt(receipt) for receipt in entry.receipts],
        )


class HistoryPage(Wire):
    """Without a cursor it is the last page."""

    orders: list[HistoryOrder]
    cursor: str | None

    @classmethod
    def of(cls, page: Page) -> Self:
        orders = [HistoryOrder.of(entry) for entry in page.entries]
        return cls(orders=orders, cursor=page.cursor)


def _receipt(receipt: Receipt) -> ReceiptView:
    return ReceiptView(
        document_id=receipt.document_id,
        type=receipt.kind,
        sum=str(receipt.total),
        state=receipt.state,
        key=receipt.key,
    )
