"""A taxi park in one process: the engine behind a plain protocol, its tasks, the outside world.

Queues are delivered by hand, time moves by hand, so that a test decides what is lost and when.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final
from unittest.mock import patch

import requests

from fleet_payment_systems import edge
from fleet_payment_systems.model import Link, Wallet
from fleet_payment_systems.providers.paystack import Paystack
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.passwords import sealing_context
from shared import aws, metrics, secrets_store, vault
from shared.clock import SystemClock
from shared.http_event import event
from shared.ids import new_id
from shared.keys import issue
from shared.money import Money
from shared.secret import Secret
from shared.store import Transaction, commit
from shared.vault import Vault
from tests.support import calls, privileges
from tests.support.atomic_moto import FakeAws, atomic_aws
from tests.support.aws_world import Context, aws_world
from tests.support.clock import FakeClock
from tests.support.faults import Crash
from tests.support.intrinsics import Json
from tests.support.plain import Plain
from tests.support.town import OUTSIDE, Town, outside_http
from tests.support.wallets import PARK, wallet_of

WIRING: Final = vars(edge)["wiring"]
SERVICE: Final = "fleet_payment_systems"
ACCOUNT: Final = "100245"
DRIVER: Final = f"d-{ACCOUNT}"
TASKS: Final = {"fps_credit": "tasks.credit", "fps_poll_bill": "tasks.poll_bill"}
_QUEUE_URL: Final = "https://sqs.eu-central-1.amazonaws.com/123456789012/test-"
_PARAMETERS: Final = {
    "BillingUrl": f"{OUTSIDE}/billing",
    "FleetTransactionsUrl": f"{OUTSIDE}/fleet_transactions",
    "QiwiUrl": f"{OUTSIDE}/qiwi",
    "PaystackUrl": f"{OUTSIDE}/paystack",
    "ProRoles": "pro",
}
# What a payment system that is only here does, any of them may do.
_ENGINE: Final = "fleet_payment_systems_api/*"
_ROUTE: Final = "/fps/v1/plain/{token}"
_ROUNDS_MAX: Final = 200

Measured = list[tuple[str, int, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A wallet with one link, whose secret text only this object has."""

    wallet_id: str
    link_id: str
    token: str


@dataclass(slots=True)
class Park:
    """Services, queues and clock of one `park` block. `measured`: name, value, dimensions."""

    town: Town
    app: edge.Handler
    webhook: edge.Handler
    measured: Measured = field(default_factory=list)

    @property
    def aws(self) -> FakeAws:
        return self.town.aws

    def open_wallet(self, password: str = "", key: str = "", **changes: Any) -> Opened:
        """A wallet that is on, made directly in the store; `changes` are of model.Wallet.

        `password` and `key` are credentials: those of most systems, and Paystack's secret key.
        """
        now = self.aws.clock.now()
        wallet_id = new_id(now)
        with calls.outside():
            text, link = self._issued(wallet_id)
            sealed = self._sealed(wallet_id, "password", password)
            sealed |= self._sealed(wallet_id, "secret_key", key)
            wallet = replace(wallet_of(wallet_id, link), credentials=sealed, **changes)
            transaction = Transaction()
            WalletStore().add(transaction, wallet, "dispatcher")
            commit(transaction)
        return Opened(wallet_id, link.link_id, text)

    def add_link(self, opened: Opened) -> Opened:
        """A second link of the same wallet."""
        with calls.outside():
            text, link = self._issued(opened.wallet_id)
            wallet = self.wallet(opened)
            self.save(replace(wallet, links=(*wallet.links, link)))
        return Opened(opened.wallet_id, link.link_id, text)

    def wallet(self, opened: Opened) -> Wallet:
        found = WalletStore().find(opened.wallet_id)
        assert found is not None
        return found

    def save(self, wallet: Wallet) -> None:
        """The wallet as it is now given, as the dispatcher would save it."""
        transaction = Transaction()
        now = self.aws.clock.now()
        changed = replace(wallet, rev=wallet.rev + 1, updated_at=now)
        WalletStore().save(transaction, changed, "changed", "dispatcher", {})
        commit(transaction)

    def change(self, opened: Opened, **changes: Any) -> None:
        self.save(replace(self.wallet(opened), **changes))

    def revoke(self, opened: Opened) -> None:
        """The link of `opened` ends, whatever other links the wallet has."""
        self.change_link(opened, revoked_at=self.aws.clock.now())

    def change_link(self, opened: Opened, **changes: Any) -> None:
        wallet = self.wallet(opened)
        links = [
            replace(link, **changes) if link.link_id == opened.link_id else link
            for link in wallet.links
        ]
        self.save(replace(wallet, links=tuple(links)))

    def in_phase(self) -> "Park":
        """The same park as functions deployed in the environment's phase see it."""
        return replace(self, app=edge.provider_app(Plain()))

    def ask(self, opened: Opened | str, op: str, **said: Any) -> Json:
        """One callback: the plain answer. `opened` may be any token."""
        return self.answer(self.raw(opened, json.dumps({"op": op, **said})))

    def raw(self, opened: Opened | str, body: str, ip: str = "", password: str = "") -> Json:
        """One callback as the gateway sends it: the Lambda's raw answer."""
        token = opened if isinstance(opened, str) else opened.token
        headers = {"x-password": password} if password else {}
        asked = event("POST", _ROUTE, path={"token": token}, body=body, headers=headers)
        asked["requestContext"]["http"]["sourceIp"] = ip or "127.0.0.1"
        with privileges.running(_ENGINE):
            return self.app(asked, Context())

    @staticmethod
    def answer(raw: Json) -> Json:
        assert raw["statusCode"] == 200, raw
        return dict(json.loads(raw["body"]))

    def pay(self, opened: Opened, txn: str, amount: str = "10.00", account: str = ACCOUNT) -> Json:
        return self.ask(opened, "pay", txn=txn, account=account, amount=amount)

    def insist(self, opened: Opened, op: str, **said: Any) -> Json:
        """As a terminal does: asks until it is told something else than "later"."""
        for _ in range(4):
            try:
                with calls.process():
                    told = self.ask(opened, op, **said)
            except Crash:
                continue
            if told["result"] not in ("temporary_error", "in_progress"):
                return told
        raise AssertionError("never answered")

    def deliver(self) -> int:
        """Hands every visible message to the task until none is left; how many there were."""
        handled = 0
        for _ in range(_ROUNDS_MAX):
            found = [(queue, one) for queue in TASKS for one in self._receive(queue)]
            if not found:
                return handled
            for queue, message in found:
                self._handle(queue, message)
                handled += 1
        raise AssertionError("the queues never run dry")

    def work(self, task_id: str) -> Json:
        """One delivery of the task's wake-up; the function's answer."""
        function = TASKS[task_id.partition("#")[0]]
        record = {"messageId": "m", "body": json.dumps({"task_id": task_id})}
        answer: Json = self.town.run(SERVICE, function, {"Records": [record]})
        return answer

    def credit(self, task_id: str) -> Json:
        """As work, of a task that credits."""
        return self.work(task_id)

    def _receive(self, queue: str) -> list[Json]:
        if not self.aws.has_messages(f"test-{queue}"):
            return []
        with calls.outside():
            answer = aws.client("sqs").receive_message(
                QueueUrl=_QUEUE_URL + queue, MaxNumberOfMessages=10
            )
        messages: list[Json] = answer.get("Messages", [])
        return messages

    def _handle(self, queue: str, message: Json) -> None:
        record = {"messageId": message["MessageId"], "body": message["Body"]}
        try:
            with calls.process():
                answer = self.town.run(SERVICE, TASKS[queue], {"Records": [record]})
        except Crash:
            return
        if not answer["batchItemFailures"]:
            with calls.outside():
                aws.client("sqs").delete_message(
                    QueueUrl=_QUEUE_URL + queue, ReceiptHandle=message["ReceiptHandle"]
                )

    def sweep(self) -> None:
        self.town.run(SERVICE, "crons.sweep", {})

    def sweep_alone(self, rounds: int = 12, seconds: int = 75) -> None:
        """Time passes and nothing but the sweeper's own messages wakes anyone, if there is work."""
        for _ in range(rounds):
            self.aws.lose_messages()
            if not self.rows("tasks"):
                return
            self.aws.clock.advance(seconds)
            self.sweep()
            self.deliver()

    def rows(self, table: str) -> list[Json]:
        return self.town.rows(f"{SERVICE}-{table}")

    def tasks(self) -> list[str]:
        return [row["task_id"] for row in self.rows("tasks")]

    def transactions(self, **wanted: Any) -> list[Json]:
        """In the order of their ids."""
        found = sorted(self.rows("transactions"), key=lambda row: str(row["tx_id"]))
        return [row for row in found if all(row.get(key) == wanted[key] for key in wanted)]

    def billing(self) -> list[Json]:
        """Billing's own entries of every park."""
        return [row for row in self.town.rows("sandbox-billing") if row["key"] != "#balance"]

    def book(self) -> list[Json]:
        """The fleet's own transactions of every park."""
        return self.town.rows("sandbox-fleet_transactions")

    def spend(self, minor: int, driver_id: str = DRIVER) -> None:
        """The driver's balance goes down by `minor`, as by a purchase elsewhere."""
        entry = {
            **{"idempotency_key": "elsewhere", "park_id": PARK, "driver_id": driver_id},
            **{"amount": str(Money(-minor, "UZS")), "currency": "UZS", "category": "reversal"},
            **{"event_at": "2026-01-02T10:00:00.000Z", "details": {}},
        }
        order = event("POST", "/billing/v1/balance/entries", body=entry)
        with calls.outside():
            assert self.town.call("sandbox", "billing", order)[0] == 200

    def take_down(self, system: str, calls_lost: int = 10_000, status: int = 503) -> None:
        """The next calls of billing or fleet_transactions fail; 0 of them brings it back."""
        order = event("POST", f"/{system}/faults", body={"fail_next": calls_lost, "status": status})
        with calls.outside():
            assert self.town.call("sandbox", system, order)[0] == 200

    def _issued(self, wallet_id: str) -> tuple[str, Link]:
        peppers = secrets_store.peppers(f"test/{SERVICE}/link-pepper")
        text, kept = issue(wallet_id, peppers)
        now = self.aws.clock.now()
        link = Link(kept.key_id, kept.shown, kept.pepper_id, kept.digest, now, last_used_at=now)
        return text.reveal(), link

    def _sealed(self, wallet_id: str, name: str, value: str) -> dict[str, str]:
        if not value:
            return {}
        key = self.town.world.environment(SERVICE)["VAULT_KEY"]
        return {name: Vault(key).seal(Secret(value), sealing_context(wallet_id, name))}


@contextmanager
def park() -> Iterator[Park]:
    """A park from the templates; the clock starts where FakeClock does."""
    measured: Measured = []

    def emit(values: dict[str, tuple[int, str]], **dimensions: str) -> None:
        shown = tuple(f"{name}={value}" for name, value in dimensions.items())
        measured.extend((name, value, shown) for name, (value, _unit) in values.items())

    with ExitStack() as stack:
        clock = FakeClock()
        fake = stack.enter_context(atomic_aws(clock))
        stack.enter_context(patch.object(SystemClock, "now", lambda _self: clock.now()))
        key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        world = stack.enter_context(
            aws_world(SERVICE, "sandbox", parameters=_PARAMETERS, environment={"VAULT_KEY": key})
        )
        found = Town(world, fake)
        stack.enter_context(patch.object(requests.Session, "request", outside_http(found)))
        stack.enter_context(patch.object(metrics, "emit", emit))
        # A value kept for a minute would make the calls of a flow differ from run to run.
        stack.enter_context(patch.object(vault, "_OPEN_S", -1))
        # Loading a function imports the wiring anew; the edge keeps the one that it began with.
        for cached in (WIRING.settings, WIRING.vault):
            cached.cache_clear()
        yield Park(found, edge.provider_app(Plain()), edge.provider_app(Paystack()), measured)
