"""Eda on the wire (SPEC B.2, decision 21). Amounts are decimal texts of the document's currency."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from sandbox.schema.wire import Id, Text, Vat, Wire, minor
from shared.errors import NotFound, Refused
from shared.money import EXPONENTS, BadAmount, parse_quantity
from shared.wire import Answer


class Partner(Wire):
    """The seller on the receipt."""

    id: Id
    inn: Annotated[str, StringConstraints(pattern=r"^[0-9]{8,12}$")]
    place_id: str
    name: str = ""
    address: str = ""


class User(Wire):
    id: Text


class Payment(Wire):
    method: Text


class DocumentItem(Wire):
    """`total` is what the line cost after its discount, `price` a unit's without it."""

    name: Text
    price: str
    quantity: str
    total: str
    vat: Vat
    unit: str = ""


class Document(Wire):
    order_id: Id
    type: Literal["payment", "refund"]
    parent_document_id: Text | None = None
    currency: str
    total: str
    partner: Partner
    user: User
    payment: Payment
    items: Annotated[list[DocumentItem], Field(min_length=1, max_length=500)]
    cleared_at: str

    @field_validator("cleared_at")
    @classmethod
    def _aware(cls, text: str) -> str:
        if datetime.fromisoformat(text).tzinfo is None:
            raise ValueError("no time zone")
        return text

    def to_document(self) -> dict[str, Any]:
        """What is kept. Raises Refused bad_currency, bad_amount, bad_quantity, total_mismatch."""
        if self.currency not in EXPONENTS:
            raise Refused("bad_currency")
        for item in self.items:
            minor(item.price, self.currency, "items.price")
            _check_quantity(item.quantity)
        totals = [minor(item.total, self.currency, "items.total") for item in self.items]
        if sum(totals) != minor(self.total, self.currency, "total"):
            raise Refused("total_mismatch")
        return self.model_dump(exclude_none=True)


class CashbackCredit(Wire):
    """What a guest was credited for a document's payment."""

    amount: str
    currency: str
    ticket_id: Id

    def to_credit(self) -> str:
        """What is kept, "78.00 RUB". Raises Refused bad_currency, bad_amount."""
        if self.currency not in EXPONENTS:
            raise Refused("bad_currency")
        if not minor(self.amount, self.currency, "amount"):
            raise Refused("bad_amount", field="amount")
        return f"{self.amount} {self.currency}"


class CashbackTaken(Answer):
    document_id: str
    ticket_id: str


class DocumentAccepted(Answer):
    document_id: str
    status: Literal["accepted"] = "accepted"


class ReceiptPending(Answer):
    status: Literal["pending"] = "pending"
    retry_after_sec: int


def document_id(path: Mapping[str, str]) -> str:
    """`<invoice>/<version>` of a document's path (RC-11). Raises NotFound document_not_found."""
    version = path["version"]
    if not re.fullmatch(r"[1-9][0-9]{0,8}", version):
        raise NotFound("document_not_found")
    return f"{path['invoice_id']}/{version}"


def _check_quantity(text: str) -> None:
    try:
        parse_quantity(text)
    except BadAmount:
        raise Refused("bad_quantity", field="items.quantity") from None
