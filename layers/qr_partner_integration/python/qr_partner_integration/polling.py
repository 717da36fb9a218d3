"""Wire form of orders/status/list by hand: this path pays for each import (PERFORMANCE 5.4)."""

import re
from collections.abc import Sequence
from typing import Any, Final

from qr_partner_integration.model import (
    WITH_PAID_TOTAL,
    External,
    Order,
    next_poll_after_ms,
)
from shared.errors import InvalidRequest

IDS_MAX: Final = 100
_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)


def parse_ids(body: object) -> list[str]:
    """{"ids": [...]}: 1 to 100 ids of 1 to 64 letters, digits and ._:-

    Raises InvalidRequest validation_failed.
    """
    ids = body.get("ids") if isinstance(body, dict) else None
    if not isinstance(ids, list) or not 1 <= len(ids) <= IDS_MAX:
        raise _invalid("ids", f"list_of_1_to_{IDS_MAX}")
    for index, order_id in enumerate(ids):
        if not isinstance(order_id, str) or _ID.fullmatch(order_id) is None:
            raise _invalid(f"ids.{index}", "not_an_id")
    return ids


def _invalid(field: str, problem: str) -> InvalidRequest:
    fields = [{"field": field, "problem": problem}]
    return InvalidRequest("validation_failed", fields=fields)


def answer(seen: Sequence[tuple[str, External, Order | None]]) -> dict[str, Any]:
    """A.3.5, closed: nothing of the guest is in it (QI-10)."""
    return {
        "orders": [_line(order_id, status, order) for order_id, status, order in seen],
        "next_poll_after_ms": next_poll_after_ms(status for _, status, _ in seen),
    }


def _line(order_id: str, status: External, order: Order | None) -> dict[str, Any]:
    line: dict[str, Any] = {"id": order_id}
    if order is not None:
        line["order_id"] = order.external_order_id
    line["status"] = status
    if order is not None:
        if status in WITH_PAID_TOTAL:
            line["paid_total"] = order.total
        line["version"] = order.version
        line["updated_at"] = order.updated_at
    return line
