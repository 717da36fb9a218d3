"""Wire models of admin/find (QO-10)."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field

from qr_orders.model import Order, Partner, Payment
from qr_orders.schema.admin import Read
from qr_orders.schema.wire import Amount, Id, Statuses, UserId
from qr_orders.use_cases.search import Criteria, Found
from shared.clock import to_iso
from shared.errors import Refused
from shared.money import BadAmount, Money
from shared.wire import Wire

LIMIT_MAX = 100
_YEARS = range(2000, 2100)


def _moment(text: str) -> str:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or found.year not in _YEARS:
        raise ValueError("not a moment with an offset from UTC")
    return text


# Strict JSON has no enums of its own: their values are text.
_Payment = Annotated[Payment, Field(strict=False)]
_Partner = Annotated[Partner, Field(strict=False)]
Moment = Annotated[str, Field(max_length=40), AfterValidator(_moment)]


class Find(Read):
    """All of what is given must hold. `created_to` is exclusive; sums are of the whole order, in
    `currency`. `cursor` is of the page before, with the same criteria.
    """

    partner_id: Id | None = None
    group_id: Id | None = None
    user_id: UserId | None = None
    external_order_id: Id | None = None
    payment_status: Annotated[list[_Payment], Field(min_length=1, max_length=20)] | None = None
    partner_status: Annotated[list[_Partner], Field(min_length=1, max_length=20)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    sum_from: Amount | None = None
    sum_to: Amount | None = None
    created_from: Moment | None = None
    created_to: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = 20
    cursor: Annotated[str, Field(max_length=1024)] | None = None

    def to_criteria(self) -> Criteria:
        """Raises Refused: bad_amount, criteria_incomplete."""
        return Criteria(
            partner_id=self.partner_id or "",
            group_id=self.group_id or "",
            user_id=self.user_id or "",
            external_order_id=self.external_order_id or "",
            payment=tuple(sorted(self.payment_status or ())),
            partner=tuple(sorted(self.partner_status or ())),
            currency=self.currency or "",
            least=self._minor("sum_from"),
            most=self._minor("sum_to"),
            since=_utc(self.created_from),
            until=_utc(self.created_to),
        )

    def _minor(self, name: str) -> int | None:
        text = getattr(self, name)
        if text is None:
            return None
        if self.currency is None:
            raise Refused("criteria_incomplete", missing=["currency"])
        try:
            return Money.parse(text, self.currency).minor
        except BadAmount:
            raise Refused("bad_amount", field=name) from None


class FoundOrder(Wire):
    """Enough to know the order by, and nothing of its guest: admin/get has the rest."""

    order_id: str
    short_code: str
    partner_id: str
    group_id: str
    external_order_id: str
    status: Statuses
    expired: bool
    total: str
    refunded: str
    currency: str
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, order: Order, now: datetime) -> Self:
        names = ("order_id", "short_code", "partner_id", "group_id", "external_order_id")
        same: dict[str, Any] = {name: getattr(order, name) for name in names}
        return cls(
            **same,
            status=Statuses.of(order),
            expired=order.is_expired(now),
            total=str(order.total),
            refunded=str(Money(order.refunded, order.total.currency)),
            currency=order.total.currency,
            created_at=to_iso(order.created_at),
            updated_at=to_iso(order.updated_at),
        )


class FoundPage(Wire):
    """Newest first. With a cursor there may be more, however short the page; without it is all."""

    orders: list[FoundOrder]
    cursor: str | None

    @classmethod
    def of(cls, found: Found, now: datetime) -> Self:
        return cls(
            orders=[FoundOrder.of(order, now) for order in found.orders], cursor=found.cursor
        )


def _utc(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
