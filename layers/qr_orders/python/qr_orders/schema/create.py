"""POST /qr-orders/v1/create: what opens an order (decisions 2-4)."""

import json
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import Field

from qr_orders.model import Basket, Draft, Order
from qr_orders.schema.wire import Amount, Id, Person, Statuses, Text, WireItem
from shared.clock import to_iso
from shared.errors import Refused
from shared.money import BadAmount, Money
from shared.wire import Wire

# Shares, not money: 0.0275 is 2.75 %, and partners may agree on more digits than an amount has.
Rate = Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,9})?$")]
_TTL_DEFAULT_MIN = 240
_NOT_SAID = {"partner", "external_version", "expires_in_sec", "idempotency_key"}


class PartnerCashback(Wire):
    rate: Rate
    max: Amount


class PartnerSettings(Wire):
    order_ttl_min: Annotated[int, Field(ge=1, le=10080)] = _TTL_DEFAULT_MIN
    activity_timeout_sec: Annotated[int, Field(ge=10, le=86400)] | None = None
    on_expire_held: Literal["cancel", "close", "alert_only"] = "cancel"


class PartnerData(Wire):
    """The partner as it is now; later edits never change an open order (decision 3).

    A partner with a webhook is told, and not expected to poll (decision 17).
    """

    name: Text
    legal_name: Text
    inn: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{5,20}$")]
    address: Annotated[str, Field(max_length=400)]
    place_id: Text = ""
    city: Text = ""
    timezone: Text
    commission_rate: Rate
    cashback: PartnerCashback
    settings: PartnerSettings
    webhook: bool | None = None

    @property
    def activity_timeout_s(self) -> int | None:
        return 0 if self.webhook else self.settings.activity_timeout_sec


class Create(Wire):
    partner_id: Id
    group_id: Id
    external_order_id: Id
    external_version: Annotated[int, Field(ge=1, le=1_000_000)]
    table: Annotated[str, Field(max_length=64)] = ""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    total: Amount
    discount: Amount | None = None
    pos_system: Annotated[str, Field(max_length=32)] = "other"
    items: Annotated[list[WireItem], Field(min_length=1, max_length=200)]
    waiter: Person | None = None
    expires_in_sec: Annotated[int, Field(ge=5, le=604_800)] | None = None
    idempotency_key: Annotated[str, Field(max_length=255)] = ""
    partner: PartnerData

    def to_draft(self) -> Draft:
        """Raises Refused: total_mismatch, zero_total, bad_amount, duplicate_item (decision 4)."""
        try:
            total = Money.parse(self.total, self.currency)
            items = tuple(item.to_item(self.currency) for item in self.items)
        except BadAmount:
            raise Refused("bad_amount") from None
        if Money.total((item.total for item in items), self.currency) != total:
            raise Refused("total_mismatch")
        if not total.minor:
            raise Refused("zero_total")
        if len({item.item_id for item in items}) != len(items):
            raise Refused("duplicate_item")
        basket = Basket(
            items=items,
            partner=self.partner.model_dump(exclude_none=True),
            table=self.table,
            waiter=self.waiter.model_dump() if self.waiter else None,
            discount=self.discount or "",
        )
        return Draft(
            partner_id=self.partner_id,
            group_id=self.group_id,
            external_order_id=self.external_order_id,
            version=self.external_version,
            total=total,
            basket=basket,
            digest=self._digest(),
            request_key=self.idempotency_key,
            pos_system=self.pos_system,
            ttl_s=self.expires_in_sec or self.partner.settings.order_ttl_min * 60,
            expires_in_s=self.expires_in_sec,
            activity_timeout_s=self.partner.activity_timeout_s,
        )

    def _digest(self) -> str:
        """Of what the till said; the partner's data may change between two repeats."""
        said = self.model_dump(exclude=_NOT_SAID)
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


class Qr(Wire):
    payload: str
    short_code: str


class Created(Wire):
    order_id: str
    created: bool
    version: int
    status: Statuses
    total: str
    currency: str
    expires_at: str
    qr: Qr

    @classmethod
    def of(cls, order: Order, created: bool, qr_base_url: str) -> Self:
        return cls(
            order_id=order.order_id,
            created=created,
            version=order.version,
            status=Statuses.of(order),
            total=str(order.total),
            currency=order.total.currency,
            expires_at=to_iso(order.expires_at),
            qr=Qr(payload=f"{qr_base_url}/q/{order.order_id}", short_code=order.short_code),
        )
