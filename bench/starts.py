"""Cold starts and warm calls of the poll and of create, against references of the same run."""

import json
from dataclasses import replace
from typing import Any, Final

from bench import stub
from bench.processes import WARM_CALLS, Variant, measures, ours, reference
from bench.ratios import Ratio, ratio, rounds
from bench.worst import ALL_PACKAGES
from shared.http_event import to_v1
from tests.support.intrinsics import ROOT

# What a restaurant's till watches at once on a busy evening.
_ORDERS: Final = [f"01KBGT5R00ORDER{number}" for number in range(5)]
# name, ours, the reference, target of PERFORMANCE 6
_COLD: Final = (
    ("cold poll: orders_status_list / bare boto3.client", "list", "read", 1.0),
    ("cold poll: get_statuses / bare boto3.client", "statuses", "read", 1.0),
    ("cold poll: orders_status_list / no bytecode, all packages", "list", "shipped", 0.4),
    ("cold crud: create / plain chalice + pydantic + pynamodb", "create", "plain", 0.85),
    ("cold peer: create / FastAPI + Mangum + pydantic + pynamodb", "create", "peer", 0.6),
)
_WARM: Final = (
    ("warm poll, CPU: get_statuses / bare BatchGetItem", "statuses", "read", 1.15),
    ("warm crud, CPU: create / bare read and transaction", "create", "write", 1.5),
)


def starts(count: int) -> list[Ratio]:
    with stub.listening() as url:
        found = rounds(measures(_variants(), url), count)
    cold = {name: [sample.cold_ns for sample in samples] for name, samples in found.items()}
    warm = {name: [sample.warm_ns for sample in samples] for name, samples in found.items()}
    return [
        ratio(name, target, samples[mine], samples[theirs])
        for rows, samples in ((_COLD, cold), (_WARM, warm))
        for name, mine, theirs, target in rows
    ]


def _variants() -> dict[str, Variant]:
    poll, statuses = _polls()
    create = _event("qr_orders/create")
    listing = ours("qr_partner_integration", "orders_status_list", poll)
    return {
        "list": listing,
        "shipped": replace(listing, shipped=True, packages=ALL_PACKAGES),
        "statuses": ours("qr_orders", "get_statuses", statuses, WARM_CALLS),
        "read": reference("bare_read", "qr_orders", statuses, WARM_CALLS),
        "create": ours("qr_orders", "create", create, WARM_CALLS),
        "plain": reference("plain_crud", "qr_orders", to_v1(create)),
        "peer": reference("fastapi_crud", "qr_orders", create),
        "write": reference("bare_write", "qr_orders", create, WARM_CALLS),
    }


def _polls() -> tuple[dict[str, Any], dict[str, Any]]:
    poll = _event("qr_partner_integration/orders_status_list")
    poll["body"] = json.dumps({"ids": _ORDERS})
    statuses = _event("qr_orders/get_statuses")
    asked = json.loads(statuses["body"]) | {"order_ids": _ORDERS}
    return poll, statuses | {"body": json.dumps(asked)}


def _event(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / f"events/{path}.json").read_text(encoding="utf-8"))
    return found
