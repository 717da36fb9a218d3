"""A guest's history: one order, or pages of them, with receipts (QA-01, QA-02, RC-19)."""

from typing import Annotated, Self

from pydantic import Field

from client_api import texts
from client_api.model import ClientStatus, Order, Receipt
from client_api.model.history import HistoryPage, PastOrder
from client_api.schema.wire import ItemView, PartnerView
from client_api.texts import Locale
from shared.receipt_links import TITLES, LinkOf
from shared.wire import Answer, Wire

LIMIT_MAX = 100


class HistoryRequest(Wire):
    """`older_than` is the cursor of the page before."""

    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = 20
    older_than: Annotated[str, Field(max_length=512)] | None = None


class ReceiptView(Answer):
    title: str
    sum: str
    url: str

    @classmethod
    def of(cls, receipt: Receipt, locale: Locale, link_of: LinkOf) -> Self:
        return cls(
            title=TITLES[locale][receipt.type],
            sum=str(receipt.sum),
            url=link_of(receipt.document),
        )


class HistoryOrderView(Answer):
    order_id: str
    created_at: str
    partner: PartnerView
    items: list[ItemView]
    total: str
    refunded: str
    currency: str
    status: ClientStatus
    status_text: str
    receipts: list[ReceiptView]

    @classmethod
    def of(cls, order: Order, accept_language: str, link_of: LinkOf) -> Self:
        locale = texts.locale_of(accept_language)
        return cls(
            order_id=order.order_id,
            created_at=order.created_at,
            partner=PartnerView.of(order.partner),
            items=[ItemView.of(item) for item in order.items],
            total=str(order.total),
            refunded=str(order.refunded),
            currency=order.total.currency,
            status=order.status,
            status_text=texts.STATUSES[locale][order.status],
            receipts=[ReceiptView.of(receipt, locale, link_of) for receipt in order.receipts],
        )


class PastOrderView(Answer):
    order_id: str
    created_at: str
    partner: PartnerView
    total: str
    refunded: str
    currency: str
    status: ClientStatus
    status_text: str
    receipts: list[ReceiptView]

    @classmethod
    def of(cls, order: PastOrder, locale: Locale, link_of: LinkOf) -> Self:
        return cls(
            order_id=order.order_id,
            created_at=order.created_at,
            partner=PartnerView(
                partner_id=order.partner_id, name=order.partner_name, address=order.partner_address
            ),
            total=str(order.total),
            refunded=str(order.refunded),
            currency=order.total.currency,
            status=order.status,
            status_text=texts.STATUSES[locale][order.status],
            receipts=[ReceiptView.of(receipt, locale, link_of) for receipt in order.receipts],
        )


class HistoryView(Answer):
    """Without a cursor it is the last page."""

    orders: list[PastOrderView]
    cursor: str | None

    @classmethod
    def of(cls, page: HistoryPage, accept_language: str, link_of: LinkOf) -> Self:
        locale = texts.locale_of(accept_language)
        orders = [PastOrderView.of(order, locale, link_of) for order in page.orders]
        return cls(orders=orders, cursor=page.cursor)
