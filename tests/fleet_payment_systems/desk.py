"""A dispatcher's desk: routes called as their backend calls them, and what they leave behind."""

import json
import os
import re
from dataclasses import dataclass, field
from itertools import count
from types import ModuleType
from typing import Any, Final

from moto.dynamodb.models import dynamodb_backends

from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.tables import ClaimRow, EventRow, WalletRow
from fleet_payment_systems.task_names import CENSUS, CREDIT, EXPORT, POLL_BILL, REPAIR, TOKEN_NOTICE
from fleet_payment_systems.use_cases.gate import Gate
from shared import secrets_store
from shared.clock import SYSTEM
from shared.http_event import event
from shared.vault import Vault
from tests.support.aws_world import World
from tests.support.intrinsics import ACCOUNT, REGION, ROOT, Json

CALLER: Final = "arn:aws:sts::123456789012:assumed-role/dispatcher/backend"
BASE: Final = "/fleet-payment-systems/v1"
ONE: Final = "/wallets/{wallet_id}"
ROUTES: Final = {
    "systems": ("GET", "/systems"),
    "wallets_list": ("GET", "/wallets"),
    "wallets_create": ("POST", "/wallets"),
    "wallets_get": ("GET", ONE),
    "wallets_update": ("PATCH", ONE),
    "wallets_delete": ("DELETE", ONE),
    "wallets_link": ("POST", f"{ONE}/link"),
    "wallets_link_revoke": ("DELETE", f"{ONE}/link"),
    "wallets_link_regenerate": ("POST", f"{ONE}/link/regenerate"),
    "transactions_list": ("POST", "/transactions/list"),
    "transactions_export": ("POST", "/transactions/export"),
    "transactions_export_get": ("GET", "/transactions/export/{export_id}"),
}
QUEUES: Final = (CREDIT, EXPORT, POLL_BILL, REPAIR, TOKEN_NOTICE, CENSUS)
_PARKS: Final = count(100)


def event_of(function: str) -> Json:
    """events/fleet_payment_systems/<function>.json."""
    text = (ROOT / f"events/fleet_payment_systems/{function}.json").read_text(encoding="utf-8")
    found: Json = json.loads(text)
    return found


def sample(function: str) -> Json:
    """The body of the function's event, {} when it has none."""
    found: Json = json.loads(event_of(function)["body"] or "{}")
    return found


@dataclass(slots=True)
class Desk:
    """Of one park, whose id nobody had before."""

    world: World
    park_id: str = field(default_factory=lambda: f"park-{next(_PARKS)}")
    user_id: str = "o.petrova"
    caller: str = CALLER
    modules: dict[str, ModuleType] = field(default_factory=dict)

    def other(self) -> "Desk":
        """Of another park."""
        return Desk(self.world, modules=self.modules)

    def call(
        self,
        function: str,
        body: object = None,
        wallet_id: str = "",
        key: str = "",
        export_id: str = "",
    ) -> tuple[int, Json]:
        subject = wallet_id or export_id
        method, path = ROUTES[function]
        if function not in self.modules:
            self.modules[function] = self.world.load("fleet_payment_systems", function)
        headers = {"X-Park-Id": self.park_id, "X-User-Id": self.user_id, "Idempotency-Key": key}
        request = event(
            method,
            BASE + path,
            path=dict.fromkeys(re.findall(r"{(\w+)}", path), subject) or None,
            body=body,
            headers={name: value for name, value in headers.items() if value},
            authorizer={"iam": {"userArn": self.caller}} if self.caller else None,
        )
        return self.world.invoke(self.modules[function], request)

    def create(self, key: str = "", **changes: Any) -> tuple[int, Json]:
        """The sample wallet with other terms; one that is None is left out."""
        body = sample("wallets_create") | changes
        told = {name: value for name, value in body.items() if value is not None}
        return self.call("wallets_create", told, key=key)

    def wallet(self, **changes: Any) -> Json:
        status, body = self.create(**changes)
        assert status == 201, body
        return body

    def get(self, wallet_id: str) -> Json:
        status, body = self.call("wallets_get", wallet_id=wallet_id)
        assert status == 200, body
        return body

    def update(self, wallet: Json, **changes: Any) -> tuple[int, Json]:
        body = {"rev": wallet["rev"], **changes}
        return self.call("wallets_update", body, wallet["wallet_id"])

    def link(self, wallet: Json) -> Json:
        status, body = self.call("wallets_link", wallet_id=wallet["wallet_id"])
        assert status == 201, body
        return body

    def regenerate(self, wallet: Json, grace_sec: int = 0) -> Json:
        wanted = {"grace_period_sec": grace_sec}
        status, body = self.call("wallets_link_regenerate", wanted, wallet["wallet_id"])
        assert status == 201, body
        return body


def token(issued: Json) -> str:
    """The secret at the end of a link's URL."""
    return str(issued["url"]).rpartition("/")[2]


def secret_of(issued: Json) -> str:
    """What of the token is not public; it may have the token's own separator in it."""
    return token(issued).split("_", 2)[2]


def gate() -> Gate:
    return Gate(WalletStore(), secrets_store.peppers(os.environ["LINK_PEPPER_SECRET"]), SYSTEM)


def vault() -> Vault:
    return Vault(os.environ["VAULT_KEY"])


def everything() -> list[str]:
    """Every row, for a comparison and for searches. Scans would take most of the tests' time."""
    tables = dynamodb_backends[ACCOUNT][REGION].tables
    names = [os.environ[table.Meta.table_env] for table in (WalletRow, ClaimRow, EventRow)]
    return sorted(str(row.to_json()) for name in names for row in tables[name].all_items())


def journal(wallet_id: str) -> list[EventRow]:
    return list(EventRow.query(f"wallet#{wallet_id}", consistent_read=True))


def said(line: EventRow) -> Json:
    """The details of a journal entry."""
    details: Any = line.details
    found: Json = details.as_dict()
    return found


def kept_link(wallet_id: str) -> Json:
    """The wallet's only link, as its row has it."""
    links: Any = WalletRow.get(wallet_id).links
    (found,) = links.as_dict().values()
    return dict(found)
