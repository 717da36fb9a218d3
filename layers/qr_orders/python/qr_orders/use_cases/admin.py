"""An order as the back office sees it: everything that is kept of it (QO-08, QO-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from qr_orders import store as labels
from qr_orders.model.invoice import Invoice
from qr_orders.model.journal import Event, parse_invoice_id
from qr_orders.ports import Engine
from qr_orders.use_cases.orders import Details, Orders
from shared import logs
from shared.errors import NotFound, Unavailable
from shared.invoices import EngineRefused


class Journal(Protocol):
    def events(self, order_id: str) -> Sequence[Event]:
        """Every revision of the order, oldest first, as of now (R13)."""
        ...


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: the operator as declared, and the caller that IAM named, if any (QO-37)."""

    operator: str
    caller: str


@dataclass(frozen=True, slots=True)
class Name:
    """What an operator calls an order: one of the three; the restaurant's own needs the partner."""

    order_id: str = ""
    short_code: str = ""
    partner_id: str = ""
    external_order_id: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """What the transactions service said of an invoice just now.

    `state` is "known", "absent" (it has no such invoice) or "unknown", which `problem` explains:
    an unknown state is never a failed one (R3).
    """

    invoice_id: str
    state: str
    invoice: Invoice | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    details: Details
    events: Sequence[Event]
    live: Live | None
    expired: bool


@dataclass(frozen=True, slots=True)
class Admin:
    """Reads only, and leaves a line of who has read what."""

    orders: Orders
    journal: Journal
    engine: Engine

    def of(self, name: Name, reader: Reader, live: bool) -> Dossier:
        """Raises NotFound order_not_found."""
        order_id = name.order_id
        if name.external_order_id:
            own = f"{name.partner_id}#{name.external_order_id}"
            order_id = self.orders.store.owner_of(labels.EXTERNAL, own) or ""
        details = self.orders.details(order_id, name.short_code)
        return self._dossier(details, reader, details.order.invoice_id if live else "")

    def of_invoice(self, invoice_id: str, reader: Reader, live: bool) -> Dossier:
        """By an invoice of any attempt. Raises NotFound invoice_not_found.

        An invoice id is made of the order's, so that no index has to know it.
        """
        found = parse_invoice_id(invoice_id)
        order = found and self.orders.store.find(found[0])
        if not found or not order or found[1] > order.attempt:
            raise NotFound("invoice_not_found")
        details = self.orders.details(order.order_id)
        return self._dossier(details, reader, invoice_id if live else "")

    def _dossier(self, details: Details, reader: Reader, live_of: str) -> Dossier:
        order = details.order
        logs.info(
            "admin_read", order_id=order.order_id, operator=reader.operator, caller=reader.caller
        )
        return Dossier(
            details=details,
            events=self.journal.events(order.order_id),
            live=self._look(live_of) if live_of and order.attempt else None,
            expired=order.is_expired(self.orders.clock.now()),
        )

    def _look(self, invoice_id: str) -> Live:
        try:
            invoice = self.engine.retrieve(invoice_id)
        except (Unavailable, EngineRefused) as problem:
            return Live(invoice_id, "unknown", problem=problem.code)
        return Live(invoice_id, "absent" if invoice is None else "known", invoice)
