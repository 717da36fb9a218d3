"""Transactions as its callers meet it: the paths of SPEC B.1 filled in."""

from collections.abc import Callable
from typing import Any

from tests.support.clock import FakeClock
from tests.support.intrinsics import Json

# (method, route, path parameters, body) -> status and body.
Call = Callable[..., tuple[int, Json]]
# Every message sent so far, with its delay.
Received = Callable[[], list[Json]]
INVOICES = "/transactions/v1/invoices"
INVOICE = INVOICES + "/{invoice_id}"
LEDGER = "/transactions/v1/ledger/{invoice_id}"
CONFIRM = "/transactions/invoices/{invoice_id}/confirm-3ds"
SUMS = ("held", "cleared", "voided", "refunded", "open")


def draft(card: str = "card-ok", **changes: object) -> Json:
    method = {"type": "card", "id": card}
    body = {"id": "i-1", "originator": "qr_payments", "user_id": "u-1", "currency": "RUB"}
    return body | {"payment_method": method, "description": "QR"} | changes


def basket(version: int, *amounts: str, operation_id: str = "") -> Json:
    line = {"id": "1", "title": "Soup", "quantity": "2", "vat": "20"}
    items = [{**line, "amount": amount} for amount in amounts]
    return {"operation_id": operation_id or f"u{version}", "version": version, "items": items}


class Engine:
    """The API with its paths filled in; every call must say which status it expects."""

    def __init__(self, call: Call, clock: FakeClock) -> None:
        self._call, self.clock = call, clock

    def create(self, body: Json, expected: int = 200) -> Json:
        return self._expect(expected, "POST", INVOICES, body)

    def update(self, body: Json, expected: int = 200) -> Json:
        return self._expect(expected, "POST", INVOICE + "/update", body, invoice_id="i-1")

    def clear(self, expected: int = 200, operation_id: str = "c") -> Json:
        body = {"operation_id": operation_id}
        return self._expect(expected, "POST", INVOICE + "/clear", body, invoice_id="i-1")

    def confirm_3ds(self, expected: int = 200) -> Json:
        return self._expect(expected, "POST", CONFIRM, invoice_id="i-1")

    def get(self, expected: int = 200, invoice_id: str = "i-1") -> Json:
        return self._expect(expected, "GET", INVOICE, invoice_id=invoice_id)

    def sums(self) -> list[str]:
        found = self._expect(200, "GET", LEDGER, invoice_id="i-1")
        return [found[name] for name in SUMS]

    def entries(self) -> list[tuple[str, str]]:
        found = self._expect(200, "GET", LEDGER, invoice_id="i-1")
        return [(entry["kind"], entry["amount"]) for entry in found["entries"]]

    def holding(self, amount: str = "100.00", card: str = "card-ok") -> None:
        self.create(draft(card))
        self.update(basket(1, amount))

    def held(self, amount: str = "100.00", card: str = "card-ok") -> None:
        self.holding(amount, card)
        self.wait()

    def cleared(self, amount: str = "100.00", card: str = "card-ok") -> None:
        self.held(amount, card)
        self.clear()
        self.wait()

    def wait(self, seconds: float = 1) -> None:
        self.clock.advance(seconds)

    def _expect(self, expected: int, method: str, route: str, *body: Any, **path: str) -> Json:
        status, found = self._call(method, route, *body, **path)
        assert status == expected, found
        return found
