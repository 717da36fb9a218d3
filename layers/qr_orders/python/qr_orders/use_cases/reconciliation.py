"""Every order that moved on a day against the transactions service (R14): told, never corrected."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Final, Protocol

from pydantic import Field

from qr_orders.model import Order
from qr_orders.model.reconciliation import Difference, differences, strays
from qr_orders.ports import Engine
from qr_orders.task_names import COMPARE_INVOICES
from shared import metrics, trace
from shared.clock import Clock, to_iso
from shared.errors import Refused, Unavailable
from shared.invoices import EngineRefused
from shared.store import Transaction, commit
from shared.tasks import Tasks, Ticket
from shared.wire import Wire

_PAGE: Final = 50
# With less left the page ends early and the next one goes on.
_RESERVE_S: Final = 12
# A page some of whose invoices stay unknown is asked for that often before they are written so.
_TRIES: Final = 6

Facts = list[dict[str, str]]


class Days(Protocol):
    def page(self, day: str, after: str, most: int) -> list[str]: ...

    def orders(self, order_ids: Sequence[str]) -> list[Order]: ...


class Reports(Protocol):
    """Where reports lie; a second put of a key replaces the first."""

    def put(self, key: str, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Page:
    """What came of comparing a page, up to the order `last`."""

    orders: int
    differences: Facts
    unknown: Facts
    last: str


class CompareDay(Wire):
    """Nothing is armed unless `dry_run` is false."""

    day: Annotated[date, Field(strict=False)]
    dry_run: bool = True


@dataclass(frozen=True, slots=True)
class Reconciliation:
    days: Days
    tasks: Tasks
    engine: Engine
    reports: Reports
    clock: Clock

    def begin(self) -> None:
        """Cron reconcile: yesterday's task."""
        self._arm(self.clock.now().date() - timedelta(days=1))

    def again(self, wish: CompareDay) -> dict[str, Any]:
        """By hand: the day from its start. Raises Refused day_not_over."""
        if wish.day >= self.clock.now().date():
            # Its orders still move, and each would be a difference for a moment.
            raise Refused("day_not_over")
        if not wish.dry_run:
            self._arm(wish.day)
        task_id = f"{COMPARE_INVOICES}#{wish.day.isoformat()}"
        return {"dry_run": wish.dry_run, "task_id": task_id, "folder": _place(wish.day.isoformat())}

    def _arm(self, of: date) -> None:
        """Armed again, it starts the day over."""
        now, day = self.clock.now(), of.isoformat()
        payload: dict[str, str | int] = {
            **{"day": day, "after": "0", "page": 0},
            **{"orders": 0, "differences": 0, "unknown": 0},
        }
        transaction = Transaction()
        self.tasks.arm(transaction, f"{COMPARE_INVOICES}#{day}", payload, now)
        commit(transaction)

    def compare(self, ticket: Ticket) -> None:
        """Task qr_orders_compare_invoices: one page of the day, then again from where it ended.

        A page that is done twice after a crash writes the same file again.
        """
        payload = ticket.payload
        ids = self.days.page(payload["day"], payload["after"], _PAGE)
        if not ids:
            self._finish(ticket)
            return
        page = self._page(ids)
        if page.unknown and (len(page.unknown) == page.orders or ticket.attempts < _TRIES):
            raise Unavailable("upstream_unavailable", system="transactions")
        rows = page.differences + page.unknown
        if rows:
            key = f"{_folder(ticket)}/part-{payload['page']:05d}-{page.last}.jsonl"
            self.reports.put(key, "".join(f"{_json(row)}\n" for row in rows))
        transaction = Transaction()
        ticket.again(transaction, self.clock.now(), _after(payload, page))
        commit(transaction)
        metrics.count("ReconciliationDifferences", len(page.differences))
        metrics.count("ReconciliationUnknown", len(page.unknown))

    def _page(self, ids: Sequence[str]) -> Page:
        found: Facts = []
        unknown: Facts = []
        seen, last = 0, ids[-1]
        for order in self.days.orders(ids):
            if seen and trace.remaining_s() < _RESERVE_S:
                break
            seen, last = seen + 1, order.order_id
            try:
                found += [self._row(each) for each in self._differences(order)]
            except (Unavailable, EngineRefused):
                unknown.append(self._row(_unknown(order)))
        else:
            last = ids[-1]
        return Page(seen, found, unknown, last)

    def _differences(self, order: Order) -> list[Difference]:
        """The order is read before its invoice; if it moved meanwhile it is looked at again."""
        found = self._compared(order)
        if not found:
            return []
        (now,) = self.days.orders([order.order_id])
        return found if now.rev == order.rev else self._compared(now)

    def _compared(self, order: Order) -> list[Difference]:
        found = differences(order, self.engine.retrieve(order.invoice_id))
        for attempt in range(1, order.attempt):
            invoice_id = f"{order.order_id}-{attempt}"
            found += strays(order, invoice_id, self.engine.retrieve(invoice_id))
        return found

    def _row(self, difference: Difference) -> dict[str, str]:
        return {**asdict(difference), "at": to_iso(self.clock.now())}

    def _finish(self, ticket: Ticket) -> None:
        counts = {name: ticket.payload[name] for name in ("orders", "differences", "unknown")}
        self.reports.put(f"{_folder(ticket)}/_SUCCESS", _json(counts))
        ticket.finish()


def _folder(ticket: Ticket) -> str:
    return _place(ticket.payload["day"])


def _place(day: str) -> str:
    return f"reconciliation/dt={day}"


def _after(payload: dict[str, Any], page: Page) -> dict[str, Any]:
    return payload | {
        "after": page.last,
        "page": payload["page"] + 1,
        "orders": payload["orders"] + page.orders,
        "differences": payload["differences"] + len(page.differences),
        "unknown": payload["unknown"] + len(page.unknown),
    }


def _unknown(order: Order) -> Difference:
    return Difference(order.order_id, order.invoice_id, "unknown", order.payment.value, "")


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
