"""A park on its way out of the old store: Redis as the old service filled it, ours, the phases."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from types import ModuleType
from typing import Any, Final

from fleet_payment_systems.model import Wallet
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.tables import EventRow
from shared.tasks import TaskRow
from tests.fleet_payment_systems.desk import Desk, event_of, gate
from tests.support.aws_world import World, aws_world
from tests.support.intrinsics import Json
from tests.support.redis_server import OldRedis, redis_server

PARK: Final = "park-7"
WALLET: Final = "7f3a9c52-0b1e-4d4e-9a55-2f60c1d7e001"
"""An id as the old service made them."""
TOKEN: Final = "Zk3vQmT9xLr2WcY8pHs5NdBf7GjA4uEo"
"""The text of an old link, which the old service keeps as a hash."""


def old_item(**changes: Any) -> Json:
    """A wallet as the old service writes it."""
    item = {
        "Id": WALLET,
        "Type": "UzPaynet",
        "Name": "Paynet Tashkent",
        "IsEnabled": True,
        "Currency": "UZS",
        "Commission": "0.0150",
        "Login": "park7",
        "Password": "pw-old-secret-77",
        "LinkHash": sha256(TOKEN.encode()).hexdigest(),
        "CreatedAt": "2024-03-01T09:00:00Z",
        "ColourOfItsButton": "#ffcc00",
    }
    return {name: value for name, value in (item | changes).items() if value is not None}


@dataclass(slots=True)
class Moving:
    """`overrides` are the environment of what is deployed: a phase is a deployment."""

    world: World
    redis: OldRedis
    overrides: dict[str, str]
    desk: Desk

    def phase(self, phase: str) -> None:
        self.overrides["WALLET_STORE_PHASE"] = phase
        self.desk.modules.clear()

    def put(self, item: Json, park_id: str = PARK) -> None:
        """As the old service does it, past our API."""
        self.redis.client.hset(f"PaySystem:Items:{park_id}", item["Id"], json.dumps(item))

    def append(self, item: Json, park_id: str = PARK) -> None:
        """A park that the old service keeps as a list."""
        self.redis.client.rpush(f"PaySystem:Items:{park_id}", json.dumps(item))

    def old(self, wallet_id: str = WALLET, park_id: str = PARK) -> Json | None:
        found: Any = self.redis.client.hget(f"PaySystem:Items:{park_id}", wallet_id)
        return None if found is None else json.loads(found)

    def own(self, wallet_id: str = WALLET) -> Wallet | None:
        return WalletStore().find(wallet_id)

    def enters(self, token: str) -> bool:
        """Whether a payment system comes in by that link."""
        return gate().enter("uzpaynet", token, "203.0.113.9") is not None

    def migrate(self, **wish: Any) -> Json:
        answer: Json = self.world.run(self._load("ops.migrate_wallets"), wish)
        return answer

    def migrate_all(self, **wish: Any) -> dict[str, int]:
        """Page after page, as an operator goes on: the counts of all."""
        total: dict[str, int] = {}
        cursor = ""
        while True:
            answer = self.migrate(cursor=cursor, **wish)
            for state, count in answer["counts"].items():
                total[state] = total.get(state, 0) + count
            cursor = answer["cursor"]
            if not cursor:
                return total

    def repair(self) -> int:
        """The sweeper's wake-ups of all that is due: how many tasks there were."""
        found = [row.task_id for row in TaskRow.scan()]
        for task_id in found:
            event = event_of("repair_wallet")
            event["Records"][0]["body"] = json.dumps({"task_id": task_id})
            answer = self.world.run(self._load("tasks.repair_wallet"), event)
            assert answer == {"batchItemFailures": []}
        return len(found)

    def journal(self, wallet_id: str = WALLET) -> list[tuple[int, str]]:
        rows = EventRow.query(f"wallet#{wallet_id}", consistent_read=True)
        return [(row.rev, row.name) for row in rows]

    def _load(self, function: str) -> ModuleType:
        if function not in self.desk.modules:
            loaded = self.world.load("fleet_payment_systems", function)
            self.desk.modules[function] = loaded
        return self.desk.modules[function]


@contextmanager
def moving(phase: str = "1") -> Iterator[Moving]:
    """A park of the old service with nothing in it, deployed in `phase`."""
    with redis_server() as redis:
        overrides = {"WALLET_STORE_PHASE": phase}
        parameters = {
            "DispatcherRoles": "dispatcher",
            "FpsBaseUrl": "https://fps.example",
            "OldStoreUrl": redis.url,
        }
        with aws_world(
            "fleet_payment_systems", parameters=parameters, environment=overrides
        ) as world:
            desk = Desk(world, park_id=PARK)
            yield Moving(world, redis, overrides, desk)
