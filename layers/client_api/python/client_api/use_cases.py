"""What a guest does with an order: opens it, pays it, watches it, keeps its receipts."""

from collections.abc import Callable
from dataclasses import dataclass

from client_api.model import (
    CLIENT_STATUS,
    ClientStatus,
    Order,
    Payment,
    PaymentMethods,
    Reference,
)
from client_api.model.history import HistoryPage
from client_api.ports import MethodsAvailability, Orders, ReceiptFiles
from shared import keys
from shared.errors import NotFound
from shared.receipt_links import LinkOf, document_of, links_at


@dataclass(frozen=True, slots=True)
class Payments:
    orders: Orders
    methods: MethodsAvailability
    qr_host: str

    def preorder(self, text: str, user_id: str) -> tuple[Order, PaymentMethods]:
        """The bill that `text` names, and how this guest may pay it (QA-05)."""
        order = self.orders.get(Reference.parse(text, self.qr_host))
        order.require_open_to(user_id)
        return order, self.methods.of(user_id, order)

    def pay(self, payment: Payment) -> ClientStatus:
        """Starts the payment after asking again for the method (QA-06).

        A repeat of a payment that runs already starts nothing: a method that has become
        unavailable since must not turn its answer into a refusal.
        """
        order = self.orders.get(Reference.by_id(payment.order_id))
        if not order.is_with(payment.user_id):
            order.require_open_to(payment.user_id)
            self.methods.of(payment.user_id, order).require(payment.method)
        return CLIENT_STATUS[self.orders.start_payment(payment)]


@dataclass(frozen=True, slots=True)
class GuestOrders:
    orders: Orders

    def paid_by(self, user_id: str, order_id: str) -> Order:
        """The order that this guest pays or paid (QA-02); any other is order_not_found."""
        order = self.orders.get(Reference.by_id(order_id))
        if order.user_id != user_id:
            raise NotFound("order_not_found")
        return order

    def history_of(self, user_id: str, limit: int, older_than: str | None) -> HistoryPage:
        """Every order that this guest pays, paid or tried to pay, by pages (QA-01)."""
        return self.orders.history(user_id, limit, older_than)

    def watched_by(self, user_id: str, order_id: str) -> Order:
        """As paid_by, and also an order that nobody has tried to pay yet (QA-07)."""
        order = self.orders.get(Reference.by_id(order_id))
        if order.user_id not in {None, user_id}:
            raise NotFound("order_not_found")
        return order


@dataclass(frozen=True, slots=True)
class ReceiptLinks:
    """Lasting links, given to guests and followed by whoever has one (RC-20, RC-28)."""

    public_base_url: str
    peppers: Callable[[], keys.Peppers]
    files: ReceiptFiles

    def at(self, api_id: str, domain_name: str) -> LinkOf:
        """Makes links on the API that serves this request.

        A template cannot tell a function the address of the API that the function is part of, so
        the gateway's own words are used: never a header, which the caller could choose.
        """
        base = self.public_base_url or f"https://{domain_name}"
        return links_at(base.replace("{api_id}", api_id), self.peppers)

    def target(self, token: str) -> str:
        """A fresh link to the PDF. Raises receipt_not_found on any token that is not ours."""
        try:
            document = document_of(token, self.peppers())
        except ValueError:
            raise NotFound("receipt_not_found") from None
        return self.files.url(document)
