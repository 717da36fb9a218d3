"""get-statuses for the API's description: what it reads and writes by hand (see statuses.py)."""

from typing import Annotated

from pydantic import Field

from qr_orders.statuses import ID_LENGTH_MAX, ORDERS_MAX, PARTNERS_MAX
from shared.wire import Wire

_Id = Annotated[str, Field(min_length=1, max_length=ID_LENGTH_MAX)]


class GetStatuses(Wire):
    """`touch_activity` says that a till asks."""

    order_ids: Annotated[list[_Id], Field(min_length=1, max_length=ORDERS_MAX)]
    partner_ids: Annotated[list[_Id], Field(min_length=1, max_length=PARTNERS_MAX)]
    touch_activity: bool = False


class OrderStatus(Wire):
    order_id: str
    external_order_id: str
    payment_status: str
    partner_status: str
    total: str
    refunded: str
    currency: str
    version: int
    updated_at: str
    expires_at: str


class StatusList(Wire):
    """Orders of other partners are not found."""

    orders: list[OrderStatus]
    not_found: list[str]
