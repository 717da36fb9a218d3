"""Types that the wire models share. Answers are closed: what is not named stays here."""

from typing import Annotated, Self

from pydantic import Field

from client_api.model import Item, Partner
from shared.wire import Answer, Wire

Id = Annotated[str, Field(min_length=1, max_length=64)]


class OrderRequest(Wire):
    order_id: Id


class ItemView(Answer):
    id: str
    name: str
    quantity: str
    unit: str | None
    price: str
    discount: str
    total: str
    vat: str

    @classmethod
    def of(cls, item: Item) -> Self:
        return cls(
            id=item.id,
            name=item.name,
            quantity=item.quantity,
            unit=item.unit,
            price=str(item.price),
            discount=str(item.discount),
            total=str(item.total),
            vat=item.vat,
        )


class PartnerView(Answer):
    partner_id: str
    name: str
    address: str

    @classmethod
    def of(cls, partner: Partner) -> Self:
        return cls(partner_id=partner.partner_id, name=partner.name, address=partner.address)
