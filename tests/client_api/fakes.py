"""Fakes of what client_api talks to, a sample order, and guests who call the API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import ModuleType
from typing import Any, Final

from client_api.model import (
    Item,
    MethodKey,
    Order,
    Partner,
    PartnerStatus,
    Payment,
    PaymentMethod,
    PaymentMethods,
    PaymentStatus,
    Receipt,
    Reference,
)
from client_api.model.history import HistoryPage, PastOrder
from shared.errors import AppError, NotFound
from shared.http_event import event
from shared.internal import Internal
from shared.money import Money
from shared.receipt_links import Document
from tests.support.aws_world import World

PAYER: Final = "guest-1"
STRANGER: Final = "guest-2"
ORDER_ID: Final = "01JD4ZK5V8Q0T3M9X7W2B6C1FR"
SHORT_CODE: Final = "K7Q4M9XY"
CARD: Final = MethodKey("card", "card-ok")
DOMAIN: Final = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"
# Nobody but the payer may read any of these.
PRIVATE: Final = (PAYER, "bank.example", "insufficient_funds", "/r/", "Чек")


def roubles(text: str) -> Money:
    return Money.parse(text, "RUB")


def order(**changes: Any) -> Order:
    """A new order of 1570.00 with two items, changed in the named fields."""
    fields: dict[str, Any] = {
        "order_id": ORDER_ID,
        "version": 1,
        "payment": PaymentStatus.NEW,
        "partner_status": PartnerStatus.OPEN,
        "total": roubles("1570.00"),
        "refunded": roubles("0"),
        "created_at": "2026-11-20T12:00:00.000Z",
        "expires_at": "2026-11-20T16:00:00.000Z",
        "overdue": False,
        "items": (item("1", "Борщ", "2", "400.00", "800.00"), item("2", "Чай", "1", "770", "770")),
        "partner": Partner("p_demo", "Ресторан", "Москва", Decimal("0.05"), roubles("300.00")),
        "receipts": (),
        "table": "12",
        "user_id": None,
        "failure_code": None,
        "redirect_url": None,
    }
    return Order(**fields | changes)


def item(item_id: str, name: str, quantity: str, price: str, total: str) -> Item:
    return Item(
        item_id, name, quantity, "pcs", roubles(price), roubles("0"), roubles(total), vat="20"
    )


def paid_order(payment: PaymentStatus = PaymentStatus.CLEARED, **changes: Any) -> Order:
    """PAYER's order with everything that only PAYER may see."""
    receipt = Receipt(Document(ORDER_ID, f"{ORDER_ID}-1", 1), "payment", roubles("1570.00"))
    private = {
        "user_id": PAYER,
        "failure_code": "insufficient_funds",
        "redirect_url": "https://bank.example/3ds",
        "receipts": (receipt,),
    }
    return order(payment=payment, **private | changes)


def past_order(**changes: Any) -> PastOrder:
    """PAYER's order of 1570.00 in their history, paid and with its receipt."""
    whole = paid_order()
    fields: dict[str, Any] = {
        "order_id": ORDER_ID,
        "status": whole.status,
        "total": whole.total,
        "refunded": whole.refunded,
        "created_at": whole.created_at,
        **{"partner_id": "p_demo", "partner_name": "Ресторан", "partner_address": "Москва"},
        "receipts": whole.receipts,
    }
    return PastOrder(**fields | changes)


@dataclass
class FakeOrders:
    """qr_orders with one order; `refusal` is what start-payment and history answer instead."""

    order: Order
    past: tuple[PastOrder, ...] = ()
    cursor: str | None = None
    asked: list[tuple[str, int, str | None]] = field(default_factory=list)
    started: list[Payment] = field(default_factory=list)
    refusal: AppError | None = None

    def get(self, reference: Reference) -> Order:
        known = {"order_id": self.order.order_id, "short_code": SHORT_CODE}
        if known[reference.field] != reference.value:
            raise NotFound("order_not_found")
        return self.order

    def history(self, user_id: str, limit: int, older_than: str | None) -> HistoryPage:
        if self.refusal is not None:
            raise self.refusal
        self.asked.append((user_id, limit, older_than))
        return HistoryPage(self.past if user_id == PAYER else (), self.cursor)

    def start_payment(self, payment: Payment) -> PaymentStatus:
        if self.refusal is not None:
            raise self.refusal
        self.started.append(payment)
        return PaymentStatus.HOLDING


@dataclass
class FakeMethods:
    """The payment methods service; `refusal` is raised instead of an answer."""

    methods: tuple[PaymentMethod, ...]
    asked: list[str] = field(default_factory=list)
    refusal: AppError | None = None

    def of(self, user_id: str, order: Order) -> PaymentMethods:
        self.asked.append(user_id)
        if self.refusal is not None:
            raise self.refusal
        return PaymentMethods(self.methods, last_used=CARD)


def method(
    key: MethodKey = CARD, *, available: bool = True, reason: str | None = None, hold: bool = True
) -> PaymentMethod:
    return PaymentMethod(key, "Карта", "•• 4242", "visa", "4242", available, reason, hold)


@dataclass(frozen=True)
class Guests:
    """Guests of one loaded function: `call` gives status and body."""

    world: World
    module: ModuleType
    path: str

    def call(
        self, body: object, user_id: str = PAYER, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        sent = event(
            "POST",
            self.path,
            body=body,
            headers=headers,
            authorizer={"jwt": {"claims": {"sub": user_id}}},
        )
        sent["requestContext"] |= {"apiId": "a1b2c3d4e5", "domainName": DOMAIN}
        return self.world.invoke(self.module, sent)


@dataclass(frozen=True)
class FakeInternal(Internal):
    """A service that gives one answer, or refuses."""

    answer: dict[str, Any] = field(default_factory=dict)
    refusal: AppError | None = None
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """No AWS client: nobody is called."""

    def call(self, *where: str, body: object = None, query: object = None) -> dict[str, Any]:
        self.calls.append((*where, body, query))
        if self.refusal is not None:
            raise self.refusal
        return self.answer
