"""Reads and transactions of qr_orders; conversions between rows and the domain."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from qr_orders.activity_rows import activity_of, activity_values
from qr_orders.change_rows import change_id, item_row, plain, to_change, to_change_row, to_items
from qr_orders.model import Basket, Order, Partner, Payment, PaymentMethod, Receipt
from qr_orders.model.invoice import Change
from qr_orders.receipt_rows import receipt_row, to_receipt
from qr_orders.tables import BasketRow, ChangeRow, ClaimRow, EventRow, OrderRow, ReceiptRow
from shared.clock import from_ms, to_ms
from shared.errors import NotFound
from shared.money import Money
from shared.store import Store, Transaction, available

ORDER = "order"
EXTERNAL = "external"
SHORT_CODE = "short_code"
REQUEST = "request"
RECEIPT = "receipt"
REFUND = "refund"

_PLAIN = (
    *("order_id", "partner_id", "group_id", "external_order_id", "short_code", "pos_system"),
    *("version", "digest", "rev", "attempt", "invoice_version", "held", "cleared", "refunded"),
)
_OPTIONAL = ("user_id", "payment_key", "payer_ip", "locale", "failure_code", "redirect_url")
_MOMENTS = ("created_at", "updated_at", "expires_at")


class OrderStore(Store):
    """The tables of qr_orders behind the words of the domain."""

    def find(self, order_id: str) -> Order | None:
        row = OrderRow.find(order_id)
        return None if row is None else from_row(row)

    def get(self, order_id: str) -> Order:
        """Raises NotFound order_not_found."""
        order = self.find(order_id)
        if order is None:
            raise NotFound("order_not_found")
        return order

    def owner_of(self, kind: str, name: str) -> str | None:
        """The order id that claimed `name`, or None."""
        return self.claimed(kind, name)[0]

    def claimed(self, kind: str, name: str) -> tuple[str | None, str]:
        """As owner_of, with the digest of what the claim said."""
        row = ClaimRow.find(f"{kind}#{name}")
        return (None, "") if row is None else (row.order_id, row.digest or "")

    def claim(
        self, transaction: Transaction, kind: str, name: str, order_id: str, digest: str = ""
    ) -> None:
        row = ClaimRow(f"{kind}#{name}", order_id=order_id, digest=digest or None)
        transaction.put(row, kind)

    def add(self, transaction: Transaction, order: Order, event: str, actor: str) -> None:
        transaction.put(to_row(order), ORDER)
        transaction.put(_event(order, event, actor, ""), "event")

    def move(
        self,
        transaction: Transaction,
        before: Order,
        after: Order,
        event: str,
        actor: str,
        *,
        reason: str = "",
        payable_at: datetime | None = None,
        given: Iterable[Any] = (),
    ) -> None:
        """`before` becomes `after`, if it still is `before`; `payable_at` binds the expiry too."""
        same = _unchanged(before)
        for condition in (*_bounds(before, after, payable_at), *given):
            same &= condition
        transaction.update(OrderRow(after.order_id), ORDER, _changes(before, after), same)
        transaction.put(_event(after, event, actor, reason), "event")

    def add_basket(self, transaction: Transaction, order: Order, basket: Basket) -> None:
        row = BasketRow(
            order.order_id,
            order.version,
            items=[item_row(item) for item in basket.items],
            partner=dict(basket.partner),
            table=basket.table or None,
            waiter=None if basket.waiter is None else dict(basket.waiter),
            discount=basket.discount or None,
        )
        transaction.put(row, "basket")

    def basket(self, order: Order) -> Basket:
        row = BasketRow.find(order.order_id, order.version)
        if row is None:
            raise LookupError("an order without its basket")
        return Basket(
            items=to_items(row.items, order.total.currency),
            partner=plain(row.partner),
            table=row.table or "",
            waiter=None if row.waiter is None else plain(row.waiter),
            discount=row.discount or "",
        )

    def add_change(self, transaction: Transaction, change: Change) -> None:
        transaction.put(to_change_row(change), "change")

    def find_change(self, order_id: str, invoice_id: str, version: int) -> Change | None:
        row = ChangeRow.find(order_id, change_id(invoice_id, version))
        return None if row is None else to_change(row)

    def change(self, order_id: str, invoice_id: str, version: int) -> Change:
        found = self.find_change(order_id, invoice_id, version)
        if found is None:
            raise LookupError("an invoice version without its change")
        return found

    def changes(self, order_id: str) -> list[Change]:
        with available():
            return [to_change(row) for row in ChangeRow.query(order_id, consistent_read=True)]

    def add_receipt(self, transaction: Transaction, receipt: Receipt) -> None:
        transaction.put(receipt_row(receipt), RECEIPT)

    def store_receipt(self, transaction: Transaction, receipt: Receipt) -> None:
        """The PDF lies at its key: recorded once, and never changed."""
        requested = ReceiptRow.state == "requested"
        transaction.put(receipt_row(receipt), RECEIPT, requested)

    def receipt(self, order_id: str, document_id: str) -> Receipt | None:
        row = ReceiptRow.find(order_id, document_id)
        return None if row is None else to_receipt(row)

    def receipts(self, order_id: str) -> list[Receipt]:
        with available():
            return [to_receipt(row) for row in ReceiptRow.query(order_id, consistent_read=True)]


def to_row(order: Order) -> OrderRow:
    """The storage form: moments in milliseconds, amounts in minor units."""
    return OrderRow(**_values(order))


def from_row(row: OrderRow) -> Order:
    """Back to the domain."""
    method = PaymentMethod(row.method_type, row.method_id or "") if row.method_type else None
    same: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    same |= {name: getattr(row, name) or "" for name in _OPTIONAL}
    same |= {name: from_ms(getattr(row, name)) for name in _MOMENTS}
    return Order(
        **same,
        **activity_of(row),
        refunding=row.refunding or 0,
        total=Money(row.total, row.currency),
        cashback=row.cashback or 0,
        payment=Payment(row.payment_status),
        partner=Partner(row.partner_status),
        method=method,
    )


def _values(order: Order) -> dict[str, Any]:
    return {
        **{name: getattr(order, name) for name in _PLAIN},
        **{name: getattr(order, name) or None for name in _OPTIONAL},
        **{name: to_ms(getattr(order, name)) for name in _MOMENTS},
        "created_shard": order.created_shard,
        **activity_values(order),
        "refunding": order.refunding or None,
        "total": order.total.minor,
        "currency": order.total.currency,
        "cashback": order.cashback or None,
        "payment_status": order.payment.value,
        "partner_status": order.partner.value,
        "method_type": order.method.kind if order.method else None,
        "method_id": order.method.method_id if order.method else None,
        "moved_on": order.updated_at.date().isoformat() if order.attempt else None,
    }


def _changes(before: Order, after: Order) -> list[Any]:
    old, new = _values(before), _values(after)
    return [
        getattr(OrderRow, name).remove() if value is None else getattr(OrderRow, name).set(value)
        for name, value in new.items()
        if value != old[name]
    ]


def _unchanged(before: Order) -> Any:
    """Version and both states (R6): either alone would do, and is proven so."""
    return (
        (OrderRow.rev == before.rev)
        & (OrderRow.payment_status == before.payment.value)
        & (OrderRow.partner_status == before.partner.value)
    )


def _bounds(before: Order, after: Order, payable_at: datetime | None) -> Iterable[Any]:
    """Amounts are bounded by the row itself, not by what we read (R6, M1)."""
    if payable_at is not None:
        yield OrderRow.expires_at > to_ms(payable_at)
    if after.held != before.held:
        yield OrderRow.total >= after.held
    if after.cleared != before.cleared:
        yield OrderRow.held >= after.cleared
    if (after.refunded, after.refunding) != (before.refunded, before.refunding):
        yield OrderRow.cleared >= after.refunded + after.refunding


def _event(order: Order, name: str, actor: str, reason: str) -> EventRow:
    return EventRow(
        order.order_id,
        order.rev,
        at=to_ms(order.updated_at),
        name=name,
        actor=actor,
        payment_status=order.payment.value,
        partner_status=order.partner.value,
        held=order.held,
        cleared=order.cleared,
        refunded=order.refunded,
        reason=reason or None,
    )
