"""Types that the wire models of qr_orders share (SPEC A.2.4). Amounts are decimal strings."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field

from qr_orders.model import Item, Order
from shared.errors import Refused
from shared.money import Money, parse_quantity
from shared.wire import Wire

Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
Amount = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,3})?$")]
# An OIDC subject: up to 255 ASCII characters, "auth0|…" among them.
UserId = Annotated[str, Field(pattern=r"^[!-~]{1,255}$")]
Text = Annotated[str, Field(max_length=200)]


class WireItem(Wire):
    id: Id
    name: Annotated[str, Field(min_length=1, max_length=200)]
    quantity: Amount
    unit: Annotated[str, Field(max_length=16)] = "pcs"
    price: Amount
    discount: Amount = "0"
    total: Amount
    vat: Literal["none", "0", "5", "7", "10", "20", "22"]

    def to_item(self, currency: str) -> Item:
        """Raises total_mismatch when total ≠ round_half_up(price × quantity) − discount."""
        item = Item(
            item_id=self.id,
            name=self.name,
            quantity=parse_quantity(self.quantity),
            unit=self.unit,
            price=Money.parse(self.price, currency),
            discount=Money.parse(self.discount, currency),
            total=Money.parse(self.total, currency),
            vat=self.vat,
        )
        if item.price.times(item.quantity) - item.discount != item.total:
            raise Refused("total_mismatch", item=self.id)
        return item

    @classmethod
    def of(cls, item: Item) -> Self:
        return cls(
            id=item.item_id,
            name=item.name,
            quantity=quantity_text(item.quantity),
            unit=item.unit,
            price=str(item.price),
            discount=str(item.discount),
            total=str(item.total),
            vat=item.vat,  # type: ignore[arg-type]
        )


class Person(Wire):
    id: Id
    name: Text


class Statuses(Wire):
    payment: str
    partner: str

    @classmethod
    def of(cls, order: Order) -> Self:
        return cls(payment=order.payment.value, partner=order.partner.value)


class Method(Wire):
    type: Annotated[str, Field(min_length=1, max_length=32)]
    id: Annotated[str, Field(min_length=1, max_length=128)]


def quantity_text(quantity: Decimal) -> str:
    return format(quantity.normalize(), "f")
