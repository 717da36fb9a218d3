"""The back office: admin endpoints called with their sample bodies, and what they leave behind."""

import json
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from qr_partners.tables import AuditRow, ClaimRow, GroupRow, KeyRow, PartnerRow
from shared.http_event import event
from tests.support.aws_world import World
from tests.support.intrinsics import ROOT, Json

CALLER: Final = "arn:aws:iam::123456789012:role/back-office"
_INNS: Final = count(7_800_100_000)
_REQUESTS: Final = count(1)


def sample(function: str) -> Json:
    """The body of events/qr_partners/<function>.json."""
    text = (ROOT / f"events/qr_partners/{function}.json").read_text(encoding="utf-8")
    found: Json = json.loads(json.loads(text)["body"])
    return found


def new_inn() -> str:
    return str(next(_INNS))


def new_restaurant(**changes: Any) -> Json:
    """The sample body of admin/create with an INN that nobody has yet."""
    body = sample("admin_create") | changes
    if body.get("group") is not None:
        body["group"] = body["group"] | {"inn": new_inn()}
    return body


@dataclass(frozen=True, slots=True)
class Office:
    world: World

    def call(self, path: str, body: object, key: str | None = None) -> tuple[int, Json]:
        """POST /qr-partners/v1/admin/<path>; without `key`, a request of its own."""
        module = self.world.load("qr_partners", f"admin_{path.replace('/', '_')}")
        request_key = f"request-{next(_REQUESTS)}" if key is None else key
        request = event(
            "POST",
            f"/qr-partners/v1/admin/{path}",
            body=body,
            headers={"Idempotency-Key": request_key} if request_key else {},
            authorizer={"iam": {"userArn": CALLER}},
        )
        return self.world.invoke(module, request)

    def opens(self, api_key: str) -> Json:
        """What the gateway's authorizer says of a key."""
        module = self.world.load("qr_partners", "authorize")
        request = event("POST", "/external/v1/orders", headers={"X-API-Key": api_key})
        found: Json = self.world.run(module, request)
        return found


def everything() -> list[str]:
    """Every row, for a comparison."""
    tables = (GroupRow, PartnerRow, KeyRow, ClaimRow, AuditRow)
    return sorted(str(row.serialize()) for table in tables for row in table.scan())


def entries(group_id: str) -> list[AuditRow]:
    return list(AuditRow.query(group_id, consistent_read=True))
