"""Cashback on the wire: what the cashback service asks (QO-07) and what it tells (QO-19, B.4)."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from qr_orders.model.cashback import Credit
from qr_orders.schema.wire import Amount, Id
from qr_orders.use_cases.cashback import CashbackInfo
from shared.money import BadAmount, Money
from shared.wire import Wire

Ticket = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._:-]+$")]
Digits = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}$")]


class GetCashback(Wire):
    """By order or by invoice: exactly one."""

    order_id: Id | None = None
    invoice_id: Id | None = None
    version: Digits | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.order_id is None) == (self.invoice_id is None):
            raise ValueError("order_id or invoice_id")
        return self


class CashbackPart(Wire):
    source: str
    rate: str
    amount: str


class CashbackPayload(Wire):
    partner_id: str
    group_id: str
    city: str


class CashbackView(Wire):
    order_id: str
    currency: str
    base_amount: str
    cashback: list[CashbackPart]
    payload: CashbackPayload

    @classmethod
    def of(cls, info: CashbackInfo) -> Self:
        order, offer = info.order, info.offer
        amount = str(offer.on(info.base))
        return cls(
            order_id=order.order_id,
            currency=order.total.currency,
            base_amount=str(info.base),
            cashback=[CashbackPart(source="service", rate=offer.rate, amount=amount)],
            payload=CashbackPayload(
                partner_id=order.partner_id, group_id=order.group_id, city=info.city
            ),
        )


class CashbackCredited(Wire):
    """The message of B.4."""

    ticket_id: Ticket
    order_id: Id
    amount: Amount
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    credited_at: Annotated[str, Field(max_length=40)]

    @field_validator("credited_at")
    @classmethod
    def _aware(cls, text: str) -> str:
        if datetime.fromisoformat(text).tzinfo is None:
            raise ValueError("no time zone")
        return text

    def to_credit(self) -> Credit:
        """Raises BadAmount unless the amount is an exact one above zero."""
        amount = Money.parse(self.amount, self.currency)
        if not amount.minor:
            raise BadAmount("no cashback at all")
        return Credit(self.ticket_id, self.order_id, amount, self.credited_at)

    def digest(self) -> str:
        """Identifies the credit. The moment is left out: it is told, and decides nothing."""
        said = {"order_id": self.order_id, "amount": str(self.to_credit().amount)}
        text = json.dumps(said | {"currency": self.currency}, sort_keys=True)
        return sha256(text.encode()).hexdigest()
