"""Models and the write that the reference CRUD endpoints share, as PynamoDB's tutorial has them."""

import os
import uuid
from typing import Any

from pydantic import BaseModel
from pynamodb.attributes import ListAttribute, MapAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite


class Item(BaseModel):
    id: str
    name: str
    quantity: str
    price: str
    total: str


class Bill(BaseModel):
    partner_id: str
    external_order_id: str
    currency: str
    total: str
    items: list[Item]
    partner: dict[str, Any]


class Order(Model):
    class Meta:
        table_name = os.environ["ORDERS_TABLE"]

    order_id = UnicodeAttribute(hash_key=True)
    partner_id = UnicodeAttribute()
    total = UnicodeAttribute()


class Basket(Model):
    class Meta:
        table_name = os.environ["BASKETS_TABLE"]

    order_id = UnicodeAttribute(hash_key=True)
    items = ListAttribute[MapAttribute[str, str]]()
    partner = MapAttribute[str, object]()  # type: ignore[no-untyped-call]


class Claim(Model):
    class Meta:
        table_name = os.environ["CLAIMS_TABLE"]

    claim_id = UnicodeAttribute(hash_key=True)
    order_id = UnicodeAttribute()


def open_order(bill: Bill) -> dict[str, str]:
    name = f"{bill.partner_id}#{bill.external_order_id}"
    try:
        return {"order_id": Claim.get(name, consistent_read=True).order_id}
    except Claim.DoesNotExist:
        order_id = uuid.uuid4().hex
    items = [item.model_dump() for item in bill.items]
    with TransactWrite(connection=Connection()) as write:
        order = Order(order_id, partner_id=bill.partner_id, total=bill.total)
        write.save(order, condition=Order.order_id.does_not_exist())
        write.save(Basket(order_id, items=items, partner=bill.partner))
        write.save(Claim(name, order_id=order_id), condition=Claim.claim_id.does_not_exist())
    return {"order_id": order_id, "total": bill.total}
