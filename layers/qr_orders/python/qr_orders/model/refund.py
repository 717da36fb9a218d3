"""What a refund takes from a bill, by quantity or by amount, sums exact (QO-11, 32). No IO."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from qr_orders.model import Item
from qr_orders.model.invoice import Line
from shared.errors import Refused
from shared.money import BadAmount, Money, parse_quantity


@dataclass(frozen=True, slots=True)
class Portion:
    """A wish to return some of one item: a quantity or an amount as text, the other is empty."""

    item_id: str
    quantity: str = ""
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A refund as an operator asks for it; no portions mean all that is left.

    `version` is the invoice's that the operator saw, `content` identifies what was said (O13).
    """

    order_id: str
    refund_id: str
    version: int
    portions: tuple[Portion, ...]
    operator: str
    reason: str
    content: str


def split(total: Money, weights: Sequence[Decimal]) -> list[Money]:
    """Parts of `total` by weight that add up to it exactly: the largest remainders get the rest."""
    whole = Fraction(sum(weights))
    exact = [total.minor * Fraction(weight) / whole for weight in weights]
    parts = [floor(share) for share in exact]
    first = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in first[: total.minor - sum(parts)]:
        parts[index] += 1
    return [Money(part, total.currency) for part in parts]


def returned(items: Sequence[Item], portions: Sequence[Portion]) -> tuple[Item, ...]:
    """The lines that go back. One that returns money alone has quantity 0.

    Raises Refused: unknown_item, duplicate_item, bad_amount, bad_quantity, zero_amount,
    over_refund.
    """
    if not portions:
        return _all(items)
    if len({portion.item_id for portion in portions}) != len(portions):
        raise Refused("duplicate_item")
    known = {item.item_id: item for item in items}
    if strange := [each.item_id for each in portions if each.item_id not in known]:
        raise Refused("unknown_item", item=strange[0])
    return tuple(_line(known[portion.item_id], portion) for portion in portions)


def _all(items: Sequence[Item]) -> tuple[Item, ...]:
    found = tuple(item for item in items if item.total.minor)
    if not found:
        raise Refused("over_refund")
    return found


def kept(items: Iterable[Item], back: Iterable[Item]) -> tuple[Item, ...]:
    """The basket without what goes back; a line without money left is gone.

    Raises Refused over_refund: no line may fall below nothing (M3).
    """
    leaving = {item.item_id: item for item in back}
    rest = []
    for item in items:
        gone = leaving.pop(item.item_id, None)
        left = item if gone is None else _left(item, gone)
        if gone is None or left.total.minor:
            rest.append(left)
    if leaving:
        raise Refused("over_refund", item=next(iter(leaving)))
    return tuple(rest)


def as_engine_has(items: Iterable[Item], lines: Iterable[Line]) -> tuple[Item, ...]:
    """The engine's basket in our words, when somebody else wrote it (O16).

    Raises Refused unknown_item for a line that was never on the bill.
    """
    known = {item.item_id: item for item in items}
    found = []
    for line in lines:
        if line.item_id not in known:
            raise Refused("unknown_item", item=line.item_id)
        item = known[line.item_id]
        found.append(part(item, line.quantity, Money(line.amount, item.total.currency)))
    return tuple(found)


def part(item: Item, quantity: Decimal, total: Money) -> Item:
    """Some of a line; its discount is what price x quantity exceeds the total by."""
    over = (item.price.times(quantity) - total).minor
    discount = Money(max(over, 0), total.currency)
    return replace(item, quantity=quantity, total=total, discount=discount)


def _left(item: Item, gone: Item) -> Item:
    quantity, total = item.quantity - gone.quantity, item.total - gone.total
    if total.minor < 0 or quantity < 0 or (total.minor and not quantity):
        raise Refused("over_refund", item=item.item_id)
    return part(item, quantity, total)


def _line(item: Item, portion: Portion) -> Item:
    back = _of_money(item, portion) if portion.amount else _of_quantity(item, portion)
    if not back.total.minor:
        raise Refused("zero_amount", item=item.item_id)
    return back


def _of_money(item: Item, portion: Portion) -> Item:
    try:
        amount = Money.parse(portion.amount, item.total.currency)
    except BadAmount:
        raise Refused("bad_amount", item=item.item_id) from None
    if amount.minor > item.total.minor:
        raise Refused("over_refund", item=item.item_id)
    if amount == item.total:
        return item
    nothing = Money(0, amount.currency)
    return replace(item, quantity=Decimal(0), unit="", price=amount, discount=nothing, total=amount)


def _of_quantity(item: Item, portion: Portion) -> Item:
    try:
        quantity = parse_quantity(portion.quantity)
    except BadAmount:
        raise Refused("bad_quantity", item=item.item_id) from None
    if quantity > item.quantity:
        raise Refused("over_refund", item=item.item_id)
    amount, _rest = split(item.total, (quantity, item.quantity - quantity))
    return part(item, quantity, amount)
