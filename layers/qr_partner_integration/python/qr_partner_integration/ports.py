"""What the use cases need from the other services and from storage."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from qr_partner_integration.model import (
    Bill,
    OpenedOrder,
    Order,
    Restaurant,
    SilentOrder,
    Status,
)
from shared.secret import Secret


class PartnersPort(Protocol):
    """Every method may raise shared.errors.Unavailable."""

    def restaurants_of(self, key_id: str, api_key: Secret) -> list[Restaurant]:
        """The restaurants of a key. Raises NotAuthorized api_key_unknown."""
        ...


class OrdersPort(Protocol):
    """Refusals are qr_orders' own AppErrors; `details.status` of a Conflict is internal."""

    def create(self, restaurant: Restaurant, bill: Bill) -> OpenedOrder: ...

    def statuses(self, order_ids: Sequence[str], partner_ids: Sequence[str]) -> list[Order]:
        """Those of `order_ids` that belong to `partner_ids`, in any order."""
        ...

    def set_partner_status(
        self, order_id: str, partner_ids: Sequence[str], status: str, reason: str | None
    ) -> Status: ...


class SilentOrders(Protocol):
    """Every method may raise shared.errors.Unavailable."""

    def silent(
        self, polled_before: datetime, cursor: str | None
    ) -> tuple[Sequence[SilentOrder], str | None]:
        """A page of unpaid orders whose tills are silent, and the cursor of the next."""
        ...

    def expire(self, order: SilentOrder) -> None:
        """Raises Conflict or NotFound when qr_orders decides otherwise."""
        ...


class OrderCounter(Protocol):
    def count(self, partner_id: str, minute: datetime, limit: int) -> bool:
        """Counts one more call in that minute, or says False when `limit` were counted before.

        Raises Unavailable when it cannot know.
        """
        ...
