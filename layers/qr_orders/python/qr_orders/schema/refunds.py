"""POST /qr-orders/v1/admin/refund: what an operator asks and is told (QO-11, decision 7)."""

import json
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from qr_orders.model.invoice import Change
from qr_orders.model.refund import Portion, Wish
from qr_orders.schema.wire import Amount, Id
from shared.wire import Wire


class RefundItem(Wire):
    """Some of an item: a quantity or an amount, exactly one."""

    id: Id
    quantity: Amount | None = None
    amount: Amount | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.quantity is None) == (self.amount is None):
            raise ValueError("quantity or amount")
        return self


class Refund(Wire):
    """`version` is the `invoice_version` that get shows; `items` or `full`, exactly one."""

    order_id: Id
    refund_id: Id
    version: Annotated[int, Field(ge=1)]
    items: Annotated[list[RefundItem], Field(min_length=1, max_length=200)] | None = None
    full: Literal[True] | None = None
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    operator: Id

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.items is None) == (self.full is None):
            raise ValueError("items or full")
        return self

    def to_wish(self) -> Wish:
        return Wish(
            order_id=self.order_id,
            refund_id=self.refund_id,
            version=self.version,
            portions=tuple(
                Portion(item.id, item.quantity or "", item.amount or "")
                for item in self.items or ()
            ),
            operator=self.operator,
            reason=self.reason,
            content=sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest(),
        )


class RefundStarted(Wire):
    """`version` is the invoice's with this refund, as in the changelog and, but for a rebase,
    in the document's id.
    """

    order_id: str
    refund_id: str
    version: int
    status: Literal["refunding"] = "refunding"
    amount: str

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls(
            order_id=change.order_id,
            refund_id=change.refund_id,
            version=change.version,
            amount=str(change.back),
        )
