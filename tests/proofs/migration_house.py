"""A park in two stores for the proofs: a real Redis beside the fake AWS, both snapshot and set."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final
from unittest.mock import patch

from fleet_payment_systems import edge
from fleet_payment_systems.model import Changes, Operator, Wallet
from fleet_payment_systems.store.copies import CopyStore
from fleet_payment_systems.task_names import REPAIR
from fleet_payment_systems.use_cases.books import OwnBook
from fleet_payment_systems.use_cases.links import Links
from fleet_payment_systems.use_cases.paired import PairedBook
from fleet_payment_systems.use_cases.shadow import differences
from fleet_payment_systems.use_cases.wallets import NewWallet, Wallets
from shared import aws, metrics
from shared.clock import SystemClock
from shared.queue import task_app
from shared.secret import Secret
from shared.store import Transaction, commit
from shared.tasks import Ticket
from tests.fleet_payment_systems.moving import PARK, WALLET, old_item
from tests.support import calls, footprint
from tests.support.atomic_moto import FakeAws, Snapshot, atomic_aws
from tests.support.aws_world import Context, aws_world
from tests.support.clock import FakeClock
from tests.support.intrinsics import Json
from tests.support.redis_server import OldRedis, redis_points, redis_server

WIRING: Final[ModuleType] = vars(edge)["wiring"]
BY: Final = Operator(PARK, "o.petrova", "backend")
SERVICE: Final = "fleet_payment_systems"
_KEY: Final = f"PaySystem:Items:{PARK}"
_ROUNDS_MAX: Final = 12


@dataclass(frozen=True, slots=True)
class State:
    """Both stores at one moment."""

    aws: Snapshot
    redis: Mapping[str, bytes]


@dataclass(slots=True)
class House:
    """`wallets` of a phase before 4, `late` of phase 4, as a deployment has both for a while."""

    aws: FakeAws
    redis: OldRedis

    @property
    def book(self) -> PairedBook:
        found: PairedBook = WIRING.paired_book()
        return found

    @property
    def wallets(self) -> Wallets:
        found: Wallets = WIRING.wallets()
        return found

    @property
    def late(self) -> Wallets:
        paired = self.wallets
        book = OwnBook(CopyStore())
        return Wallets(book, WIRING.vault(), paired.specs, paired.peppers, paired.clock)

    @property
    def links(self) -> Links:
        return Links(self.wallets, WIRING.link_peppers, "https://fps.example")

    def create(self, key: str = "k-1") -> Wallet:
        fields = {"username": Secret("park7"), "password": Secret("pw-new-secret-77")}
        changes = Changes({"title": "New", "enabled": True}, {}, fields)
        wanted = NewWallet("uzpaynet", "UZS", changes, key, Secret("the body"))
        return self.wallets.create(BY, wanted)[0]

    def update(self, title: str, rev: int, wallets: Wallets | None = None) -> Wallet:
        changes = Changes({"title": title}, {}, {"password": Secret(f"pw of {title} 7777")})
        return (wallets or self.wallets).update(BY, WALLET, rev, changes)

    def old_service_writes(self, **changes: Any) -> None:
        """As it does: reads, writes, knows no script and none of our field."""
        item = old_item(**changes)
        calls.point(
            *("redis", "HSET by the old service"),
            lambda: self.redis.client.hset(_KEY, WALLET, json.dumps(item)),
            touches=footprint.writing(("redis", _KEY, WALLET)),
        )

    def old(self, wallet_id: str = WALLET) -> Json | None:
        with calls.outside():
            found: Any = self.redis.client.hget(_KEY, wallet_id)
        return None if found is None else json.loads(found)

    def own(self, wallet_id: str = WALLET) -> Wallet | None:
        with calls.outside():
            return CopyStore().find(wallet_id)

    def tasks(self) -> list[str]:
        return sorted(row["task_id"] for row in self._rows("tasks"))

    def own_ids(self) -> list[str]:
        return sorted(row["wallet_id"] for row in self._rows("wallets"))

    def journal(self, wallet_id: str) -> dict[int, str]:
        subject = f"wallet#{wallet_id}"
        rows = [row for row in self._rows("events") if row["subject"] == subject]
        return {int(row["rev"]): row["name"] for row in rows}

    def repair(self) -> None:
        """Nothing but the sweeper's messages, as long as there are tasks."""
        app = task_app(REPAIR, WIRING.tasks(), self.book.repair)
        for _round in range(_ROUNDS_MAX):
            if not self.tasks():
                return
            self.aws.clock.advance(400)
            for task_id in self.tasks():
                record = {"messageId": "m", "body": json.dumps({"task_id": task_id})}
                app({"Records": [record]}, Context())
        raise AssertionError("a repair that never ends")

    def book_repair(self, wallet_id: str) -> Callable[[], object]:
        """A worker of the repair that a write before has left."""
        writes = Transaction()
        payload = {"park_id": PARK, "wallet_id": wallet_id, "by": "nobody", "rev": 99}
        task_id = f"{REPAIR}#{wallet_id}"
        WIRING.tasks().arm(writes, task_id, payload, self.aws.clock.now())
        commit(writes)
        app = task_app(REPAIR, WIRING.tasks(), self.book.repair)
        record = {"messageId": "m", "body": json.dumps({"task_id": task_id})}
        return lambda: app({"Records": [record]}, Context())

    def late_repair(self) -> None:
        """What phase 4 does with repairs that are left."""
        app = task_app(REPAIR, WIRING.tasks(), Ticket.finish)
        self.aws.clock.advance(400)
        for task_id in self.tasks():
            record = {"messageId": "m", "body": json.dumps({"task_id": task_id})}
            app({"Records": [record]}, Context())
        assert self.tasks() == []

    def check_alike(self) -> None:
        """Both stores have the same wallets, of the same content."""
        copies = self.book.copies
        with calls.outside():
            items = copies.old.of_park(PARK)
            ids = {item.wallet_id for item in items} | set(self.own_ids())
            for wallet_id in sorted(ids):
                item, own = copies.old.get(PARK, wallet_id), copies.store.find(wallet_id)
                found = differences(copies, PARK, item, own)
                assert not found, (wallet_id, found)

    def snapshot(self) -> State:
        return State(self.aws.snapshot(), self.redis.snapshot())

    def restore(self, state: State) -> None:
        self.aws.restore(state.aws)
        self.redis.restore(dict(state.redis))

    def _rows(self, table: str) -> list[Json]:
        return [_plain(row) for row in self.aws.rows(f"test-{SERVICE}-{table}")]


def _plain(row: Json) -> Json:
    return {name: next(iter(value.values())) for name, value in row.items()}


@contextmanager
def house() -> Iterator[House]:
    """In phase 3, with one wallet that is in both stores; every client and cache is warm."""
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        clock = FakeClock()
        fake = stack.enter_context(atomic_aws(clock))
        stack.enter_context(patch.object(SystemClock, "now", lambda _self: clock.now()))
        stack.enter_context(patch.object(metrics, "emit", lambda *_args, **_named: None))
        key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        parameters = {"OldStoreUrl": redis.url, "FpsBaseUrl": "https://fps.example"}
        environment = {"VAULT_KEY": key, "WALLET_STORE_PHASE": "3"}
        stack.enter_context(aws_world(SERVICE, parameters=parameters, environment=environment))
        for cached in (WIRING.settings, WIRING.vault, WIRING.old_store):
            cached.cache_clear()
        stack.enter_context(redis_points())
        found = House(fake, redis)
        stack.callback(WIRING.old_store().client.close)
        found.create("warm")
        redis.client.flushall()
        for rows in (state := fake.snapshot()).rows.values():
            rows.clear()
        fake.restore(state)
        fake.lose_messages()
        redis.client.hset(_KEY, WALLET, json.dumps(old_item()))
        found.book.copies.copy(PARK, WALLET)
        yield found
