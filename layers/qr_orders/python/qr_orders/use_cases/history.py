"""What a guest has paid or tried to pay, newest first, a page at a time (QO-03)."""

import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol, Self

from qr_orders.model import Order, Receipt, document_id
from shared.clock import Clock
from shared.errors import InvalidRequest

_CURSOR: Final = re.compile(r"([0-9]{1,14})/([A-Za-z0-9._:-]{1,64})/[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Position:
    """An order's place in the index by_user; `created_at` in ms, which no payment changes."""

    created_at: int
    order_id: str

    def cursor(self, user_id: str) -> str:
        """Opaque, and marked with the user whose list it cuts.

        The mark needs no key: whatever a cursor says, the index is asked for this user alone.
        """
        place = f"{self.created_at}/{self.order_id}"
        mark = sha256(f"{user_id}\n{place}".encode()).hexdigest()[:16]
        return urlsafe_b64encode(f"{place}/{mark}".encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, cursor: str, user_id: str) -> Self:
        """Back from exactly what cursor() wrote for this user. Raises cursor_invalid."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            place = _CURSOR.fullmatch(b64decode(padded, altchars=b"-_", validate=True).decode())
        except ValueError:
            place = None
        found = None if place is None else cls(int(place[1]), place[2])
        if found is None or found.cursor(user_id) != cursor:
            raise InvalidRequest("cursor_invalid")
        return found


class Past(Protocol):
    """Stored orders as their guests look for them."""

    def started_by(self, user_id: str, after: Position | None, most: int) -> Sequence[Position]:
        """Candidates, newest first; the index may be late, or still name an earlier payer."""
        ...

    def orders(self, order_ids: Sequence[str]) -> Sequence[Order]:
        """As they are now, in no order."""
        ...

    def partners(self, orders: Sequence[Order]) -> Mapping[str, Mapping[str, Any]]:
        """By order id, the restaurant as it was when the order was opened (decision 3)."""
        ...

    def receipts(self, documents: Sequence[tuple[str, str]]) -> Sequence[Receipt]:
        """Those of the (order id, document id) that exist, in no order."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One order of a history, with the receipts that a guest can open."""

    order: Order
    partner: Mapping[str, Any]
    receipts: Sequence[Receipt]
    expired: bool


@dataclass(frozen=True, slots=True)
class Page:
    """`cursor` leads to the next page; None on the last one."""

    entries: Sequence[Entry]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class History:
    past: Past
    clock: Clock

    def of(self, user_id: str, limit: int, older_than: str | None) -> Page:
        """At most `limit` orders of the user. Raises cursor_invalid.

        An order that went over to another guest meanwhile leaves a gap: a page with a cursor may
        be short, or even empty.
        """
        after = None if older_than is None else Position.parse(older_than, user_id)
        found = self.past.started_by(user_id, after, limit + 1)
        chosen = found[:limit]
        more = len(found) > limit
        return Page(
            entries=self._entries(user_id, [place.order_id for place in chosen]),
            cursor=chosen[-1].cursor(user_id) if more else None,
        )

    def _entries(self, user_id: str, order_ids: Sequence[str]) -> list[Entry]:
        known = {order.order_id: order for order in self.past.orders(order_ids)}
        found = [known[order_id] for order_id in order_ids if order_id in known]
        orders = [order for order in found if order.user_id == user_id]
        partners = self.past.partners(orders)
        documents = [key for order in orders for key in _documents(order)]
        receipts = {
            (receipt.order_id, receipt.document_id): receipt
            for receipt in self.past.receipts(documents)
            if receipt.state == "stored"
        }
        now = self.clock.now()
        return [
            Entry(
                order=order,
                partner=partners[order.order_id],
                receipts=[receipts[key] for key in _documents(order) if key in receipts],
                expired=order.is_expired(now),
            )
            for order in orders
        ]


def _documents(order: Order) -> Iterator[tuple[str, str]]:
    """Keys of every receipt that the order can have: one a version of its cleared invoice.

    Named, they are read in batches; looked for, they would cost a query an order (RC-11).
    """
    if order.cleared:
        for version in range(1, order.invoice_version + 1):
            yield order.order_id, document_id(order.invoice_id, version)
