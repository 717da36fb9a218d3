"""Cash desks in one process: the real Lambdas, their task, contractor-merch-payments' sandbox.

Queues are delivered by hand, time moves by hand, so that a test decides what is lost and when.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import urlsplit

import requests

from local.cash_desk import CashDesk, Told
from shared import aws, metrics, vault
from shared.clock import SystemClock
from shared.http_event import event
from tests.support import calls
from tests.support.atomic_moto import FakeAws, atomic_aws
from tests.support.aws_world import aws_world
from tests.support.clock import FakeClock
from tests.support.faults import Crash
from tests.support.intrinsics import Json
from tests.support.town import OUTSIDE, Town, outside_http

SERVICE: Final = "contractor_merch_integration_api"
QUEUE: Final = "merch_check_payment"
OPERATIONS: Final = ("authorize", "status", "reverse", "refund")
UNKNOWN: Final = frozenset({1, 50, 51})
_QUEUE_URL: Final = f"https://sqs.eu-central-1.amazonaws.com/123456789012/test-{QUEUE}"
_ROUNDS_MAX: Final = 200
# A schedule may take longer than a secret is kept open, and must not differ by it.
_FOR_EVER_S: Final = 10**9

Measured = list[tuple[str, int, tuple[str, ...]]]


@dataclass(slots=True)
class Checkout:
    """Service, queue and clock of one `checkout` block. `measured`: name, value, dimensions;
    `meanwhile` happens whenever our side sleeps.
    """

    town: Town
    measured: Measured = field(default_factory=list)
    meanwhile: Callable[[], object] = bool
    desk: CashDesk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = self.open_desk()

    @property
    def aws(self) -> FakeAws:
        return self.town.aws

    @property
    def clock(self) -> FakeClock:
        return self.town.aws.clock

    def open_desk(self, **changes: Any) -> CashDesk:
        """A desk of a client of its own, made by the operator's Lambda."""
        wish: Json = {"action": "create", "aggregator": "mobi", "title": "Mobi", "dry_run": False}
        made = self.town.run(SERVICE, "ops.clients", wish | changes)
        facts = {"base_url": "https://desks.example", **made}
        return CashDesk(
            facts, self.send, pause=self.clock.advance, now=lambda: self.clock.milliseconds() / 1000
        )

    def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.meanwhile()

    def send(self, url: str, body: bytes, headers: Any, ip: str = "203.0.113.7") -> Any:
        """What the gateway makes of a request."""
        path = urlsplit(url).path
        asked = event("POST", path, body=body.decode(), headers=headers)
        asked["requestContext"]["http"]["sourceIp"] = ip
        return self.town.call(SERVICE, path.rpartition("/")[2], asked)

    def insist(self, operation: str, trn: int, **said: Any) -> Told:
        """As a desk does: the same request until it is told something final."""
        for _ in range(4):
            try:
                with calls.process():
                    told: Told = getattr(self.desk, operation)(trn, **said)
            except Crash:
                continue
            if told.status == 200 and told.result not in UNKNOWN:
                return told
        raise AssertionError("never answered")

    def deliver(self) -> int:
        """Hands every message to the task until none is left; how many there were."""
        handled = 0
        for _ in range(_ROUNDS_MAX):
            with calls.outside():
                answer = aws.client("sqs").receive_message(
                    QueueUrl=_QUEUE_URL, MaxNumberOfMessages=10
                )
            messages = answer.get("Messages", [])
            if not messages:
                return handled
            for message in messages:
                self._handle(message)
                handled += 1
        raise AssertionError("the queue never runs dry")

    def check(self, task_id: str) -> Json:
        """One delivery of a task's wake-up; the function's answer."""
        record = {"messageId": "m", "body": json.dumps({"task_id": task_id})}
        answer: Json = self.town.run(SERVICE, "tasks.check_payment", {"Records": [record]})
        return answer

    def _handle(self, message: Json) -> None:
        record = {"messageId": message["MessageId"], "body": message["Body"]}
        try:
            with calls.process():
                answer = self.town.run(SERVICE, "tasks.check_payment", {"Records": [record]})
        except Crash:
            return
        if not answer["batchItemFailures"]:
            with calls.outside():
                aws.client("sqs").delete_message(
                    QueueUrl=_QUEUE_URL, ReceiptHandle=message["ReceiptHandle"]
                )

    def sweep(self) -> None:
        self.town.run(SERVICE, "crons.sweep", {})

    def look(self, seconds: float = 5) -> None:
        """Time passes, and the tasks that are due then run."""
        self.clock.advance(seconds)
        for task_id in self.tasks():
            self.check(task_id)

    def sweep_alone(self, rounds: int = 12, seconds: int = 75) -> None:
        """Time passes and nothing but the sweeper's own messages wakes anyone, if there is work."""
        for _ in range(rounds):
            self.aws.lose_messages()
            if not self.rows("tasks"):
                return
            self.clock.advance(seconds)
            self.sweep()
            self.deliver()

    def settle(self, rounds: int = 12, seconds: float = 75) -> None:
        """The tasks run until there are none, without a message: cheaper than a sweep."""
        for _ in range(rounds):
            if not self.tasks():
                return
            self.look(seconds)

    def rows(self, table: str) -> list[Json]:
        return self.town.rows(f"{SERVICE}-{table}")

    def tasks(self) -> list[str]:
        return sorted(row["task_id"] for row in self.rows("tasks"))

    def purchase(self, trn: int) -> Json:
        (found,) = [row for row in self.rows("purchases") if row["trn"] == str(trn)]
        return found

    def journal(self, trn: int) -> list[str]:
        ya = self.purchase(trn)["ya_transaction_id"]
        mine = [row for row in self.rows("events") if row["ya_transaction_id"] == ya]
        return [row["name"] for row in sorted(mine, key=lambda row: int(row["version"]))]

    def payments(self) -> list[Json]:
        """contractor-merch-payments' own, refused ones left out."""
        return [row for row in self.town.rows("sandbox-merch_payments") if not row["refused"]]

    def ledger(self) -> list[Json]:
        """The movements of drivers' money, of every payment."""
        return self.town.rows("sandbox-ledger")

    def balance(self, trn: int) -> int:
        """Minor units that the driver has paid for `trn` in all."""
        mine = {row["payment_id"] for row in self.payments() if row["key"] == f"mobi:{trn}"}
        return sum(
            row["amount"] if row["kind"] == "debit" else -row["amount"]
            for row in self.ledger()
            if row["invoice_id"] in mine
        )

    def drives(self, trn: int, act: str) -> tuple[int, Json]:
        """The driver's app: accept, decline; or support's cancel."""
        _, found = self.outside("GET", "/v1/find", query={"idempotency_key": f"mobi:{trn}"})
        named = {"payment_id": found["payment_id"]}
        return self.outside("POST", "/v1/payments/{payment_id}/" + act, named=named)

    def outside(
        self, method: str, path: str, body: Any = None, query: Any = None, named: Any = None
    ) -> tuple[int, Json]:
        """A call of contractor-merch-payments that is nobody's point."""
        asked = event(method, f"/merch_payments{path}", body=body, query=query, path=named)
        with calls.outside():
            return self.town.call("sandbox", "merch_payments", asked)

    def forget_time(self, trn: int) -> None:
        """contractor-merch-payments would wait for the driver for ever."""
        (row,) = [row for row in self.payments() if row["key"] == f"mobi:{trn}"]
        key = {"payment_id": {"S": row["payment_id"]}}
        with calls.outside():
            aws.client("dynamodb").update_item(
                TableName="test-sandbox-merch_payments",
                Key=key,
                UpdateExpression="REMOVE accept_until",
            )

    def take_down(self, calls_lost: int = 10_000, status: int = 503) -> None:
        """The next calls of contractor-merch-payments fail; 0 of them brings it back."""
        self.outside("POST", "/faults", body={"fail_next": calls_lost, "status": status})


@contextmanager
def checkout(wait_s: int = 0, **parameters: str) -> Iterator[Checkout]:
    """Cash desks from the templates; authorize waits `wait_s` seconds of the clock."""
    measured: Measured = []

    def sleep(seconds: float) -> None:
        here.sleep(seconds)

    def emit(values: dict[str, tuple[int, str]], **dimensions: str) -> None:
        told = tuple(f"{name}={value}" for name, value in dimensions.items())
        measured.extend((name, value, told) for name, (value, _unit) in values.items())

    given = {
        "MerchPaymentsUrl": f"{OUTSIDE}/merch_payments",
        "MobiSyncWaitSec": str(wait_s),
        **parameters,
    }
    with ExitStack() as stack:
        clock = FakeClock()
        fake = stack.enter_context(atomic_aws(clock))
        stack.enter_context(patch.object(SystemClock, "now", lambda _self: clock.now()))
        stack.enter_context(patch.object(time, "sleep", sleep))
        stack.enter_context(patch.object(vault, "_OPEN_S", _FOR_EVER_S))
        world = stack.enter_context(aws_world(SERVICE, "sandbox", parameters=given))
        found = Town(world, fake)
        stack.enter_context(patch.object(requests.Session, "request", outside_http(found)))
        stack.enter_context(patch.object(metrics, "emit", emit))
        here = Checkout(found, measured)
        yield here
