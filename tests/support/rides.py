"""Scooter deposits in one process: the real Lambdas, their queues, the outside world.

Queues are delivered by hand, time moves by hand, so that a test decides what is lost and when.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch

import requests

from shared import aws, metrics
from shared.clock import SystemClock
from shared.http_event import event
from tests.support import calls
from tests.support.atomic_moto import FakeAws, atomic_aws
from tests.support.aws_world import aws_world
from tests.support.clock import FakeClock
from tests.support.faults import Crash
from tests.support.intrinsics import Json
from tests.support.town import OUTSIDE, Town, outside_http

SERVICE: Final = "scooters_payments"
SESSION: Final = "s1"
RIDER: Final = "rider-1"
AMOUNT: Final = 30000
LIMIT_S: Final = 60
TASKS: Final = {
    f"{SERVICE}_{task}": f"tasks.{task}"
    for task in ("transactions_callback", "hold", "release", "ride_events", "close_left_open")
}
PARAMETERS: Final = {
    "TransactionsUrl": f"{OUTSIDE}/transactions",
    "SessionsUrl": f"{OUTSIDE}/sessions",
    "DepositRolloutPercent": "100",
    "DepositUpdateEnabled": "true",
}
_LEFT_OPEN: Final = f"{SERVICE}_close_left_open#"
_ROUNDS_MAX: Final = 200
_OVERDUE_MS: Final = 15_000
_KINDS: Final = ("hold", "clear", "void")

Answer = tuple[int, Json]
Measured = list[tuple[str, int, dict[str, str]]]


@dataclass(slots=True)
class Rides:
    """Services, queues and clock of one `rides` block. `measured`: name, value, dimensions."""

    town: Town
    measured: Measured = field(default_factory=list)

    @property
    def aws(self) -> FakeAws:
        return self.town.aws

    def pass_time(self, seconds: float) -> None:
        self.aws.clock.advance(seconds)

    def post(self, function: str, path: str, body: Json) -> Answer:
        route = f"/scooters-payments/v1/{path}"
        return self.town.call(SERVICE, function, event("POST", route, body=body))

    def start(self, session: str = SESSION, card: str = "card-ok", **changes: Any) -> Answer:
        body = {
            **{"session_id": session, "user_id": RIDER, "offer_id": "o1", "city": "msk"},
            "deposit": {"amount": "300.00", "currency": "RUB"},
            "payment_method": {"type": "card", "id": card},
        }
        return self.post("payment_start", "payment/start", body | changes)

    def check(self, session: str = SESSION) -> Answer:
        route = "/scooters-payments/v1/payment/check"
        asked = event("GET", route, query={"session_id": session})
        return self.town.call(SERVICE, "payment_check", asked)

    def finish(self, session: str = SESSION, reason: str = "ride_finished") -> Answer:
        body = {"session_id": session, "reason": reason}
        return self.post("payment_finish", "payment/finish", body)

    def update(self, version: int, amount: str, session: str = SESSION) -> Answer:
        body = {"session_id": session, "version": version, "amount": amount}
        return self.post("payment_update", "payment/update", body)

    def find(self, **query: str) -> list[Json]:
        asked = event("GET", "/scooters-payments/v1/admin/find", query=query)
        status, body = self.town.call(SERVICE, "admin_find", asked)
        assert status == 200, body
        found: list[Json] = body["deposits"]
        return found

    def give_back(self, session: str = SESSION) -> Answer:
        body = {"session_id": session, "operator": "anna"}
        return self.post("admin_return", "admin/return", body)

    def ride(self, state: str, session: str = SESSION) -> None:
        """What the mobility backend says of the session, without the bus."""
        body = {"session_id": session, "user_id": RIDER, "state": state, "quietly": True}
        with calls.outside():
            asked = event("POST", "/sessions/sessions", body=body)
            assert self.town.call("sandbox", "sessions", asked)[0] == 200

    def tell(self, kind: str, session: str = SESSION) -> None:
        """An event of the bus, in the queue as EventBridge puts it there."""
        fact = {"detail-type": f"scooters.{kind}", "source": "scooters"}
        self.town.tell(f"{SERVICE}_ride_events", fact | {"detail": {"session_id": session}})

    def take_down(self, system: str, calls_lost: int = 10_000, status: int = 503) -> None:
        """The next calls of transactions or sessions fail; 0 of them brings it back."""
        body = {"fail_next": calls_lost, "status": status, "latency_ms": 0}
        with calls.outside():
            asked = event("POST", f"/{system}/faults", body=body)
            assert self.town.call("sandbox", system, asked)[0] == 200

    def wake(self, task: str, task_id: str) -> Json:
        """One delivery of a task's wake-up; the function's answer."""
        return self.message(task, {"task_id": f"{SERVICE}_{task}#{task_id}"})

    def message(self, task: str, body: Json) -> Json:
        record = {"messageId": "m", "body": json.dumps(body)}
        found: Json = self.town.run(SERVICE, f"tasks.{task}", {"Records": [record]})
        return found

    def deliver(self) -> int:
        """Hands every visible message to its task until none is left; how many there were."""
        handled = 0
        for _ in range(_ROUNDS_MAX):
            found = [(queue, one) for queue in TASKS for one in self._receive(queue)]
            if not found:
                return handled
            for queue, message in found:
                self._handle(queue, message)
                handled += 1
        raise AssertionError("the queues never run dry")

    def settle(self, seconds: int = 5) -> None:
        """The usual course: messages arrive, a second at a time."""
        for _ in range(seconds):
            self.deliver()
            self.pass_time(1)
        self.deliver()

    def _receive(self, queue: str) -> list[Json]:
        if not self.aws.has_messages(f"test-{queue}"):
            return []
        with calls.outside():
            answer = aws.client("sqs").receive_message(QueueUrl=_url(queue), MaxNumberOfMessages=10)
        found: list[Json] = answer.get("Messages", [])
        return found

    def _handle(self, queue: str, message: Json) -> None:
        """Acknowledged unless the function reports it as failed, or dies."""
        record = {"messageId": message["MessageId"], "body": message["Body"]}
        try:
            with calls.process():
                answer = self.town.run(SERVICE, TASKS[queue], {"Records": [record]})
        except Crash:
            return
        if not answer["batchItemFailures"]:
            with calls.outside():
                receipt = message["ReceiptHandle"]
                aws.client("sqs").delete_message(QueueUrl=_url(queue), ReceiptHandle=receipt)

    def sweep(self) -> None:
        self.town.run(SERVICE, "crons.sweep", {})

    def sweep_alone(self, rounds: int = 12, seconds: int = 75) -> None:
        """Time passes and nothing but the sweeper's own messages wakes anyone, if there is work."""
        for _ in range(rounds):
            self.aws.lose_messages()
            if all(one.startswith(_LEFT_OPEN) for one in self.tasks()):
                return
            self.pass_time(seconds)
            self.sweep()
            self.deliver()

    def wake_overdue(self, rounds: int = 12, seconds: int = 75) -> None:
        """As sweep_alone, with a sweeper of this file's own, which costs no calls."""
        for _ in range(rounds):
            self.aws.lose_messages()
            if all(one.startswith(_LEFT_OPEN) for one in self.tasks()):
                return
            self.pass_time(seconds)
            before = self.aws.clock.milliseconds() - _OVERDUE_MS
            rows = sorted(self.rows("tasks"), key=lambda row: int(row["due_at"]))
            for row in rows:
                if row["due_at"] <= before:
                    self.wake(*row["task_id"].removeprefix(f"{SERVICE}_").split("#", 1))
            self.deliver()

    def rows(self, table: str) -> list[Json]:
        return self.town.rows(f"{SERVICE}-{table}")

    def tasks(self) -> list[str]:
        return sorted(row["task_id"] for row in self.rows("tasks"))

    def deposit(self, session: str = SESSION) -> Json:
        return next(row for row in self.rows("deposits") if row["session_id"] == session)

    def status(self, session: str = SESSION) -> str:
        return str(self.deposit(session)["status"])

    def journal(self, session: str = SESSION) -> list[Json]:
        found = [row for row in self.rows("events") if row["session_id"] == session]
        return sorted(found, key=lambda row: int(row["rev"]))

    def ledger(self, invoice_id: str = f"{SESSION}-1") -> dict[str, int]:
        """The engine's own books of an invoice: minor units held, cleared, voided, open.

        Read after the engine has looked at the clock, which it does when it is asked.
        """
        route = "/transactions/v1/invoices/{invoice_id}"
        with calls.outside():
            asked = event("GET", route, path={"invoice_id": invoice_id})
            self.town.call("sandbox", "transactions", asked)
        rows = self.town.rows("sandbox-ledger")
        mine = [row for row in rows if row["invoice_id"] == invoice_id]
        hold, clear, void = (
            sum(row["amount"] for row in mine if row["kind"] == kind) for kind in _KINDS
        )
        return {"held": hold, "cleared": clear, "voided": void, "open": hold - clear - void}

    def counted(self, name: str) -> int:
        """How often, or how much in all, metric `name` was written."""
        return sum(value for metric, value, _ in self.measured if metric == name)


@contextmanager
def rides(**parameters: str) -> Iterator[Rides]:
    """Deposits from the templates; the clock starts where FakeClock does."""
    measured: Measured = []

    def emit(values: dict[str, tuple[int, str]], **dimensions: str) -> None:
        measured.extend((name, value, dimensions) for name, (value, _unit) in values.items())

    with ExitStack() as stack:
        clock = FakeClock()
        fake = stack.enter_context(atomic_aws(clock))
        stack.enter_context(patch.object(SystemClock, "now", lambda _self: clock.now()))
        world = aws_world(SERVICE, "sandbox", parameters=PARAMETERS | parameters)
        found = Town(stack.enter_context(world), fake)
        stack.enter_context(patch.object(requests.Session, "request", outside_http(found)))
        stack.enter_context(patch.object(metrics, "emit", emit))
        yield Rides(found, measured)


def _url(queue: str) -> str:
    return f"https://sqs.eu-central-1.amazonaws.com/123456789012/test-{queue}"
