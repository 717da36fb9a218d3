"""Wire models of the open API (A.3.5, QI-09). Sums and quantities are decimal strings."""

import unicodedata
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field

from qr_partner_integration.model import Bill, External, OpenedOrder, next_poll_after_ms
from qr_partner_integration.polling import IDS_MAX
from shared.clock import to_iso
from shared.money import parse_quantity
from shared.wire import Answer, Wire

ITEMS_MAX: Final = 200
# Line breaks and the like become spaces; other invisible characters are dropped.
_SPACING: Final = ("Cc", "Zl", "Zp")


def clean(text: str) -> str:
    """Without control and invisible characters, spaces single; a receipt prints it as it is."""
    spaced = (" " if unicodedata.category(char) in _SPACING else char for char in text)
    seen = (char for char in spaced if not unicodedata.category(char).startswith("C"))
    return " ".join("".join(seen).split())


def _cleaned(length_max: int) -> AfterValidator:
    def check(text: str) -> str:
        name = clean(text)
        if not 1 <= len(name) <= length_max:
            raise ValueError(f"1 to {length_max} characters")
        return name

    return AfterValidator(check)


def _quantity(text: str) -> str:
    parse_quantity(text)
    return text


Name = Annotated[str, _cleaned(200)]
Table = Annotated[str, _cleaned(64)]
Unit = Annotated[str, _cleaned(16)]
Amount = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,3})?$")]
Quantity = Annotated[str, AfterValidator(_quantity)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]


class Item(Wire):
    id: Id
    name: Name
    quantity: Quantity
    unit: Unit | None = None
    price: Amount
    discount: Amount = "0"
    total: Amount
    vat: Literal["none", "0", "5", "7", "10", "20", "22"]


class Waiter(Wire):
    id: Id
    name: Name


class CreateOrder(Wire):
    restaurant_id: Id | None = None
    order_id: Id
    version: int = Field(ge=1, le=1_000_000)
    table: Table | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    total: Amount
    discount: Amount | None = None
    items: list[Item] = Field(min_length=1, max_length=ITEMS_MAX)
    waiter: Waiter | None = None
    expires_in_sec: int | None = Field(default=None, ge=5, le=604_800)

    def to_bill(self, idempotency_key: str = "") -> Bill:
        lines: dict[str, Any] = self.model_dump(
            include={"table", "discount", "items", "waiter", "expires_in_sec"}, exclude_none=True
        )
        return Bill(
            restaurant_id=self.restaurant_id,
            external_order_id=self.order_id,
            external_version=self.version,
            currency=self.currency,
            total=self.total,
            lines=lines,
            idempotency_key=idempotency_key,
        )


class Qr(Answer):
    url: str
    short_code: str


class CreatedOrder(Answer):
    """`qr_code_url` repeats `qr.url` under the name of QI-01."""

    id: str
    status: External
    qr: Qr
    qr_code_url: str
    version: int
    expires_at: str
    next_poll_after_ms: int

    @classmethod
    def of(cls, opened: OpenedOrder, status: External) -> Self:
        return cls(
            id=opened.order_id,
            status=status,
            qr=Qr(url=opened.qr_url, short_code=opened.short_code),
            qr_code_url=opened.qr_url,
            version=opened.version,
            expires_at=to_iso(opened.expires_at),
            next_poll_after_ms=next_poll_after_ms([status]),
        )


class SetStatus(Wire):
    id: Id
    status: Literal["CLOSED", "CANCELLED", "CONFIRMED"]
    reason: Name | None = None


class StatusSet(Answer):
    id: str
    status: External


class PolledIds(Wire):
    """What polling.parse_ids reads, for the API's description: the hot path imports no model."""

    ids: list[Id] = Field(min_length=1, max_length=IDS_MAX)


class PolledOrder(Answer):
    """An order that is not there, or not yours, has an id and NOT_FOUND."""

    id: str
    status: External
    order_id: str | None = None
    paid_total: str | None = None
    version: int | None = None
    updated_at: str | None = None


class Polled(Answer):
    """In the order of the ids; `next_poll_after_ms` is when it makes sense to ask again."""

    orders: list[PolledOrder]
    next_poll_after_ms: int
