"""Items of a bill and versions of an invoice, to their stored rows and back."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from qr_orders.model import Item
from qr_orders.model.invoice import Change
from qr_orders.tables import ChangeRow
from shared.clock import from_ms, to_ms
from shared.money import Money


def to_change_row(change: Change) -> ChangeRow:
    return ChangeRow(
        change.order_id,
        change_id(change.invoice_id, change.version),
        invoice_id=change.invoice_id,
        version=change.version,
        at=to_ms(change.at),
        author=change.author,
        reason=change.reason,
        items=[item_row(item) for item in change.items],
        total=change.total.minor,
        currency=change.total.currency,
        refund_id=change.refund_id or None,
        returned=[item_row(item) for item in change.returned] or None,
    )


def change_id(invoice_id: str, version: int) -> str:
    return f"{invoice_id}#{version:06d}"


def to_change(row: ChangeRow) -> Change:
    return Change(
        order_id=row.order_id,
        invoice_id=row.invoice_id,
        version=row.version,
        at=from_ms(row.at),
        author=row.author,
        reason=row.reason,
        items=to_items(row.items, row.currency),
        total=Money(row.total, row.currency),
        refund_id=row.refund_id or "",
        returned=to_items(row.returned or (), row.currency),
    )


def item_row(item: Item) -> dict[str, str]:
    return {
        "item_id": item.item_id,
        "name": item.name,
        "quantity": str(item.quantity),
        "unit": item.unit,
        "price": str(item.price.minor),
        "discount": str(item.discount.minor),
        "total": str(item.total.minor),
        "vat": item.vat,
    }


def to_items(rows: Iterable[Any], currency: str) -> tuple[Item, ...]:
    return tuple(
        Item(
            item_id=row["item_id"],
            name=row["name"],
            quantity=Decimal(row["quantity"]),
            unit=row["unit"],
            price=Money(int(row["price"]), currency),
            discount=Money(int(row["discount"]), currency),
            total=Money(int(row["total"]), currency),
            vat=row["vat"],
        )
        for row in map(plain, rows)
    )


def plain(stored: Any) -> dict[str, Any]:
    found: Mapping[str, Any] = stored.as_dict() if hasattr(stored, "as_dict") else stored
    return dict(found)
