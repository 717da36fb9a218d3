"""What the journal and the changelog tell of an order's money (QO-08, QO-22). No IO."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from qr_orders.model import PARTNER_MOVES, PAYABLE, PAYMENT_MOVES, Item, Order, Partner, Payment
from qr_orders.model.invoice import PAYMENT_VERSION, Change
from shared.money import Money

_UNDER_WAY: Final = {Payment.REFUNDING: "in_progress", Payment.REFUND_FAILED: "failed"}
_INVOICE: Final = re.compile(r"(.{1,64})-([1-9][0-9]{0,8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Event:
    """One revision of an order: who did what, and how the order stood then. Minor units."""

    rev: int
    at: datetime
    name: str
    actor: str
    reason: str
    payment: Payment
    partner: Partner
    held: int
    cleared: int
    refunded: int


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moved, as the order learnt of it: hold, void, clear or refund."""

    kind: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to pay, which is one invoice."""

    number: int
    invoice_id: str
    changes: Sequence[Change]
    movements: Sequence[Movement]


@dataclass(frozen=True, slots=True)
class Refund:
    """A version of the cleared invoice that gives money back (X7)."""

    change: Change
    state: str


@dataclass(frozen=True, slots=True)
class Settled:
    """A version of the invoice whose money has moved, and when; it has a document (RC-02)."""

    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Refundable:
    """What a refund may take at most, in all and of each item of the last basket."""

    most: Money
    items: Sequence[Item]


def parse_invoice_id(text: str) -> tuple[str, int] | None:
    """Order id and attempt of the invoice id that we made of them; None for any other text."""
    match = _INVOICE.fullmatch(text)
    return None if match is None else (match[1], int(match[2]))


def attempts_of(
    order: Order, events: Sequence[Event], changes: Sequence[Change]
) -> Sequence[Attempt]:
    """Oldest first. Money that moved after a payment started belongs to its invoice."""
    found: dict[int, list[Movement]] = {}
    number = 0
    for before, after in pairwise(events):
        number += after.payment is Payment.INIT and before.payment is not Payment.INIT
        found.setdefault(number, []).extend(_movements(before, after, order.total.currency))
    return [
        Attempt(
            number=number,
            invoice_id=f"{order.order_id}-{number}",
            changes=[it for it in changes if it.invoice_id == f"{order.order_id}-{number}"],
            movements=found.get(number, []),
        )
        for number in range(1, order.attempt + 1)
    ]


def _movements(before: Event, after: Event, currency: str) -> Iterator[Movement]:
    held = after.held - before.held
    amounts = {
        "hold": max(held, 0),
        "void": max(-held, 0),
        "clear": after.cleared - before.cleared,
        "refund": after.refunded - before.refunded,
    }
    for kind, minor in amounts.items():
        if minor:
            yield Movement(kind, Money(minor, currency), after.at)


def refunds_of(order: Order, changes: Sequence[Change]) -> Sequence[Refund]:
    """Oldest first, the one under way among them.

    Of a refund that had to go on top of somebody else's version, the last version counts.
    """
    last = {change.refund_id: change for change in changes if change.refund_id}
    return [
        Refund(change, _state(order, change))
        for change in sorted(last.values(), key=lambda change: change.version)
    ]


def settled_of(
    order: Order, events: Sequence[Event], changes: Sequence[Change]
) -> Sequence[Settled]:
    """The payment and the refunds that are done, oldest first.

    An order has one refund under way at most, so the journal tells them in the changelog's order.
    """
    mine = [change for change in changes if change.invoice_id == order.invoice_id]
    done = [refund.change.version for refund in refunds_of(order, mine) if refund.state == "done"]
    cleared_at = [after.at for before, after in pairwise(events) if after.cleared > before.cleared]
    back_at = [after.at for before, after in pairwise(events) if after.refunded > before.refunded]
    versions = [*(PAYMENT_VERSION for _ in cleared_at), *done]
    return [Settled(*one) for one in zip(versions, (*cleared_at, *back_at), strict=True)]


def _state(order: Order, change: Change) -> str:
    """Of a refund; the order has one under way at most, by its newest version."""
    if change.version == order.invoice_version:
        return _UNDER_WAY.get(order.payment, "done")
    return "done"


def allowed(order: Order) -> Sequence[str]:
    """What the transition tables let an operator do: close, cancel, confirm, expire, refund."""
    payment, held = order.payment, order.payment is Payment.HELD
    said = {
        Partner.CONFIRMED: ("confirm", held),
        Partner.CLOSED: ("close", held),
        Partner.CANCELLED: ("cancel", payment in PAYABLE or _may(order, Payment.CANCELLING)),
        Partner.EXPIRED: ("expire", _may(order, Payment.EXPIRED)),
    }
    moves = PARTNER_MOVES[order.partner]
    found = [action for partner, (action, may) in said.items() if may and partner in moves]
    # A refund that failed is tried again by its own task: another has to wait for it.
    again = _may(order, Payment.REFUNDING) and payment is not Payment.REFUND_FAILED
    return [*found, "refund"] if again else found


def _may(order: Order, to: Payment) -> bool:
    return to in PAYMENT_MOVES[order.payment]


def refundable(order: Order, changes: Sequence[Change]) -> Refundable | None:
    """What is left to give back; None when a refund is not allowed."""
    last = [
        change
        for change in changes
        if change.invoice_id == order.invoice_id and change.version == order.invoice_version
    ]
    if "refund" not in allowed(order) or not last:
        return None
    most = Money(order.cleared - order.refunded, order.total.currency)
    return Refundable(most, [item for item in last[0].items if item.total.minor])
