"""What the use cases need of the outside."""

from collections.abc import Mapping
from typing import Any, Protocol

from qr_orders.model import Order
from qr_orders.model.cashback import Credit, PaymentEvent
from qr_orders.model.invoice import Change, Invoice


class Engine(Protocol):
    """The transactions service (SPEC B.1). Each call is safe to repeat.

    Raises shared.errors.Unavailable when the outcome is unknown, and
    shared.invoices.EngineRefused when it is final.
    """

    def create(self, order: Order) -> None: ...

    def update(self, change: Change) -> None: ...

    def clear(self, invoice_id: str) -> None: ...

    def retrieve(self, invoice_id: str) -> Invoice | None:
        """None when there is no such invoice."""
        ...


class Documents(Protocol):
    """Eda: takes documents, gives fiscal receipts when they are ready (SPEC B.2)."""

    def put(self, invoice_id: str, version: int, document: Mapping[str, Any]) -> None: ...

    def receipt(self, invoice_id: str, version: int) -> Mapping[str, Any] | None:
        """The receipt's JSON, or None while it is being made."""
        ...


class Renderer(Protocol):
    """Fiscal receipt JSON to PDF (RC-13)."""

    def render(self, receipt: Mapping[str, Any]) -> "Rendered": ...


class Rendered(Protocol):
    @property
    def pdf(self) -> bytes: ...

    @property
    def total_minor(self) -> int: ...

    @property
    def summary(self) -> Mapping[str, Any]:
        """What identifies the fiscal document: fn, fd, fp, date, qr."""
        ...


class Files(Protocol):
    """Where PDFs lie; a second put of a key changes nothing (RC-21)."""

    def put_once(self, key: str, pdf: bytes) -> None: ...


class Notifier(Protocol):
    """Messages to the guest (SPEC B.5); the key makes a repeat harmless (QO-25)."""

    def notify(
        self, key: str, user_id: str, intent: str, params: Mapping[str, str], locale: str
    ) -> None:
        """`locale` is the guest's own, or empty."""
        ...


class Credits(Protocol):
    """Eda is told of cashback; the ticket makes a repeat harmless (SPEC B.2)."""

    def credit(self, invoice_id: str, version: int, credit: Credit) -> None: ...


class Bus(Protocol):
    """Where others hear of payments (QO-26). Raises Unavailable unless the event is accepted."""

    def publish(self, event: PaymentEvent) -> None: ...
