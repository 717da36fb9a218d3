"""Receipts as rows, and back."""

from typing import Any

from qr_orders.model import Receipt
from qr_orders.tables import ReceiptRow
from shared.clock import from_ms, to_ms
from shared.money import Money


def receipt_row(receipt: Receipt) -> ReceiptRow:
    return ReceiptRow(
        receipt.order_id,
        receipt.document_id,
        kind=receipt.kind,
        total=receipt.total.minor,
        currency=receipt.total.currency,
        state=receipt.state,
        requested_at=to_ms(receipt.requested_at),
        key=receipt.key or None,
        fiscal=None if receipt.fiscal is None else dict(receipt.fiscal),
    )


def to_receipt(row: ReceiptRow) -> Receipt:
    fiscal: Any = row.fiscal
    return Receipt(
        order_id=row.order_id,
        document_id=row.document_id,
        kind=row.kind,
        total=Money(row.total, row.currency),
        requested_at=from_ms(row.requested_at),
        state=row.state,
        key=row.key or "",
        fiscal=None if fiscal is None else fiscal.as_dict(),
    )
