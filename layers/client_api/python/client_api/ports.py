"""What client_api needs from others. It holds no data of its own (AR-09)."""

from typing import Protocol

from client_api.model import Order, Payment, PaymentMethods, PaymentStatus, Reference
from client_api.model.history import HistoryPage
from client_api.model.restaurants import Card, Page, Position
from shared.receipt_links import Document


class Orders(Protocol):
    def get(self, reference: Reference) -> Order:
        """Raises order_not_found, or Unavailable."""
        ...

    def history(self, user_id: str, limit: int, older_than: str | None) -> HistoryPage:
        """Orders that this guest pays or has paid. Raises cursor_invalid, or Unavailable."""
        ...

    def start_payment(self, payment: Payment) -> PaymentStatus:
        """Raises the refusals of start-payment (QO-06), or Unavailable: repeat with the key."""
        ...


class MethodsAvailability(Protocol):
    def of(self, user_id: str, order: Order) -> PaymentMethods:
        """Raises payment_methods_unavailable on anything but an answer."""
        ...


class ReceiptFiles(Protocol):
    def url(self, document: Document) -> str:
        """A link to the receipt's PDF that works for some minutes."""
        ...


class Restaurants(Protocol):
    def near(self, position: Position, radius_m: int, limit: int) -> list[Card]:
        """Nearest first. Raises Unavailable."""
        ...

    def page(self, partner_id: str) -> Page:
        """Raises partner_not_found, of one that is disabled too, or Unavailable."""
        ...
