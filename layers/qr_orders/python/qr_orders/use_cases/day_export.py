"""The orders of a day as a file that a program reads: for whoever asks for one day's money."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from pydantic import Field

from qr_orders.model import Order
from qr_orders.use_cases.reconciliation import Days, Reports
from shared import trace
from shared.clock import to_iso
from shared.money import Money
from shared.wire import Wire

_PAGE: Final = 500
_RESERVE_S: Final = 15


class ExportDay(Wire):
    """`after` goes on where an export ended whose time ran out; nothing is written unless
    `dry_run` is false.
    """

    day: Annotated[date, Field(strict=False)]
    after: Annotated[str, Field(max_length=64)] = "0"
    dry_run: bool = True


@dataclass(frozen=True, slots=True)
class DayExport:
    days: Days
    reports: Reports

    def run(self, wish: ExportDay) -> dict[str, Any]:
        """{day, orders, statuses, folder, go_on_after?}: of every order with an invoice whose last
        change was on that day. A part's name is its last order's, so a repeat writes it again.
        """
        after, counts = wish.after, Counter[str]()
        folder = f"exports/orders/dt={wish.day.isoformat()}"
        done = False
        while not done and trace.remaining_s() > _RESERVE_S:
            ids = self.days.page(wish.day.isoformat(), after, _PAGE)
            orders = self.days.orders(ids)
            counts.update(order.payment.value for order in orders)
            if ids and not wish.dry_run:
                self.reports.put(f"{folder}/part-{ids[-1]}.jsonl", _lines(orders))
            after, done = (ids[-1] if ids else after), not ids
        report = {"dry_run": wish.dry_run, "day": wish.day.isoformat(), "orders": counts.total()}
        if done and not wish.dry_run:
            self.reports.put(f"{folder}/_SUCCESS", json.dumps(dict(counts)))
        more = {} if done else {"go_on_after": after}
        return {**report, "statuses": dict(counts), "folder": folder, **more}


def _lines(orders: Sequence[Order]) -> str:
    return "".join(f"{json.dumps(_row(order), ensure_ascii=False)}\n" for order in orders)


def _row(order: Order) -> dict[str, Any]:
    """Amounts as text in the currency; no guest, no card, no address."""
    sums = {name: getattr(order, name) for name in ("held", "cleared", "refunded", "cashback")}
    currency = order.total.currency
    return {
        **{"order_id": order.order_id, "invoice_id": order.invoice_id},
        **{"partner_id": order.partner_id, "group_id": order.group_id},
        "external_order_id": order.external_order_id,
        **{"payment_status": order.payment.value, "partner_status": order.partner.value},
        **{"total": str(order.total), "currency": currency},
        **{name: str(Money(minor, currency)) for name, minor in sums.items()},
        "failure_code": order.failure_code,
        **{"created_at": to_iso(order.created_at), "updated_at": to_iso(order.updated_at)},
    }
