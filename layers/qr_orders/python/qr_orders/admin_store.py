"""Reads of the back office: an order's journal, and orders by what is known of them."""

from collections.abc import Sequence

from qr_orders import store as labels
from qr_orders.history_store import HistoryStore, newest_first
from qr_orders.model import Partner, Payment
from qr_orders.model.journal import Event
from qr_orders.store import OrderStore
from qr_orders.tables import EventRow
from qr_orders.use_cases.history import Position
from qr_orders.use_cases.search import Stream
from shared.clock import from_ms
from shared.store import Store, available


class JournalStore(Store):
    """Port Journal over the events table."""

    def events(self, order_id: str) -> Sequence[Event]:
        with available():
            return [_event(row) for row in EventRow.query(order_id, consistent_read=True)]


class SearchStore(HistoryStore):
    """Port Shelves. Indexes have keys only; everything but them is read strongly (R13)."""

    def named(self, partner_id: str, external_order_id: str) -> str | None:
        return OrderStore().owner_of(labels.EXTERNAL, f"{partner_id}#{external_order_id}")

    def places(
        self, stream: Stream, span: tuple[int, int], after: Position | None, most: int
    ) -> Sequence[Position]:
        return newest_first(stream.index, stream.key, after, most, span)


def _event(row: EventRow) -> Event:
    return Event(
        rev=row.rev,
        at=from_ms(row.at),
        name=row.name,
        actor=row.actor,
        reason=row.reason or "",
        payment=Payment(row.payment_status),
        partner=Partner(row.partner_status),
        held=row.held,
        cleared=row.cleared,
        refunded=row.refunded,
    )
