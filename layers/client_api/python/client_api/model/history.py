"""What a guest sees of orders gone by."""

from dataclasses import dataclass

from client_api.model import ClientStatus, Receipt
from shared.money import Money


@dataclass(frozen=True, slots=True)
class PastOrder:
    """A line of a guest's history (QA-01)."""

    order_id: str
    status: ClientStatus
    total: Money
    refunded: Money
    created_at: str
    partner_id: str
    partner_name: str
    partner_address: str
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Newest first; `cursor` leads to the next page, None on the last one."""

    orders: tuple[PastOrder, ...]
    cursor: str | None
