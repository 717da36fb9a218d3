"""qr_orders alone on a fake AWS: its Lambdas, its rows, its tasks, and a clock moved by hand."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import urlencode

from boto3.dynamodb.types import TypeDeserializer

from local import fonts
from qr_orders.model import Order, Payment, PaymentMethod
from qr_orders.store import OrderStore, to_row
from shared import aws
from shared.clock import SystemClock
from shared.store import Transaction, commit
from shared.tasks import TaskRow, Tasks
from tests.qr_orders.outside import INVOICES, URLS, Outside, outside
from tests.support import calls
from tests.support.atomic_moto import FakeAws, Snapshot, atomic_aws
from tests.support.aws_world import World, aws_world
from tests.support.clock import FakeClock
from tests.support.intrinsics import ROOT, Json

PARTNER: Final = "p_demo"
TOTAL: Final = 157000
QUEUES: Final = "https://sqs.eu-central-1.amazonaws.com/123456789012/test-"
GUEST: Final = "u1"
TIMER: Final = "qr_order_expired#"
UNPAID: Final = (Payment.NEW, Payment.CANCELLED, Payment.EXPIRED)
_CLEARED: Final = (
    *(Payment.CLEARED, Payment.REFUNDING, Payment.REFUNDED, Payment.PARTIALLY_REFUNDED),
    Payment.REFUND_FAILED,
)
_UNHELD: Final = (*UNPAID, Payment.INIT, Payment.HOLDING, Payment.HOLD_FAILED)
_CLAIMED: Final = {
    **{"attempt": 1, "invoice_version": 1, "user_id": GUEST, "payment_key": "k-1"},
    "method": PaymentMethod("card", "card-ok"),
}
HANDLERS: Final = {
    "qr_orders_transactions_callback": "tasks.transactions_callback",
    "qr_order_check_payment": "tasks.check_payment",
    "qr_orders_cancel": "tasks.cancel",
    "qr_orders_close": "tasks.close",
    "qr_order_expired": "tasks.expired",
    "qr_order_update_transactions": "tasks.update_transactions",
    "qr_order_process_cleared": "tasks.process_cleared",
    "qr_order_cashback_notify": "tasks.cashback_notify",
    "qr_order_render_receipt": "tasks.render_receipt",
    "qr_orders_compare_invoices": "tasks.compare_invoices",
}


def hasty(activity_timeout_s: int, **settings: Any) -> Json:
    """The sample restaurant, whose tills must not be silent for longer."""
    found: Json = json.loads(sample("create")["body"])["partner"]
    own = {"activity_timeout_sec": activity_timeout_s, **settings}
    return found | {"settings": found["settings"] | own}


def sample(function: str) -> Json:
    """The function's event from events/."""
    found: Json = json.loads((ROOT / f"events/qr_orders/{function}.json").read_text("utf-8"))
    return found


@dataclass(slots=True)
class Shop:
    """The service of one `shop` block."""

    world: World
    aws: FakeAws
    outside: Outside
    empty: Snapshot
    _modules: dict[str, ModuleType] = field(default_factory=dict)
    _reached: dict[str, tuple[str, Snapshot]] = field(default_factory=dict)

    @property
    def clock(self) -> FakeClock:
        return self.aws.clock

    def module(self, function: str) -> ModuleType:
        if function not in self._modules:
            with calls.outside():
                self._modules[function] = self.world.load("qr_orders", function)
        return self._modules[function]

    def post(self, function: str, **changes: Any) -> tuple[int, Json]:
        """The sample request with fields of its body changed; one that is None is left out."""
        event = sample(function)
        body = json.loads(event["body"]) | changes
        kept = {name: value for name, value in body.items() if value is not None}
        event["body"] = json.dumps(kept, ensure_ascii=False)
        return self.world.invoke(self.module(function), event)

    def get(self, function: str = "get", **query: str) -> tuple[int, Json]:
        event = sample(function) | {"rawQueryString": urlencode(query)}
        return self.world.invoke(self.module(function), event)

    def open(self, **changes: Any) -> str:
        """A new order of the sample bill, 1570.00 roubles; its id."""
        status, body = self.post("create", **changes)
        assert status == 200, body
        return str(body["order_id"])

    def opened_in(self, payment: Payment, **changes: Any) -> str:
        """An order whose row says that its payment came as far as `payment`; the only one yet."""
        order_id = self.once(self.open)
        paying: dict[str, Any] = {} if payment in UNPAID else dict(_CLAIMED)
        paying["held"] = 0 if payment in _UNHELD else TOTAL
        paying["cleared"] = TOTAL if payment in _CLEARED else 0
        self.alter(order_id, payment=payment, **(paying | changes))
        return order_id

    def alter(self, order_id: str, **changes: Any) -> None:
        """Rewrites the order's row behind the service's back."""
        with calls.outside():
            to_row(replace(self.order(order_id), **changes)).save()

    def order(self, order_id: str) -> Order:
        with calls.outside():
            found = OrderStore().find(order_id)
        assert found is not None
        return found

    def pay(self, order_id: str, **changes: Any) -> tuple[int, Json]:
        return self.post("start_payment", order_id=order_id, **changes)

    def holding(self, **changes: Any) -> str:
        """An order whose guest has paid and whose hold is on its way."""
        order_id = self.open(**changes)
        self.outside.accepts_payments(order_id)
        status, body = self.pay(order_id)
        assert (status, body["payment_status"]) == (200, "holding"), body
        return order_id

    def once(self, way: Callable[[], str]) -> str:
        """The order that `way` leads to from an empty shop: gone the first time, then recalled."""
        if way.__name__ not in self._reached:
            order_id = way()
            self.outside.forget()
            self._reached[way.__name__] = (order_id, self.aws.snapshot())
        order_id, state = self._reached[way.__name__]
        self.aws.restore(state)
        return order_id

    def held(self) -> str:
        """An order whose money is held; only for a shop that is empty so far, as those below."""
        return self.once(self._held)

    def clearing(self) -> str:
        """An order that is closed, before its hold was cleared."""
        return self.once(self._clearing)

    def cleared(self) -> str:
        """An order that is paid, before its receipt was asked for."""
        return self.once(self._cleared)

    def _held(self) -> str:
        order_id = self.holding()
        self.outside.has_invoice(order_id, "held")
        assert self.work(f"qr_order_check_payment#{order_id}")
        return order_id

    def _clearing(self) -> str:
        order_id = self._held()
        status, body = self.post("update_partner_status", order_id=order_id)
        assert status == 200, body
        return order_id

    def _cleared(self) -> str:
        order_id = self._clearing()
        self.outside.says("POST", f"{INVOICES}/{order_id}-1/clear")
        assert self.work(f"qr_orders_close#{order_id}")
        self.outside.has_invoice(order_id, "cleared")
        assert self.work(f"qr_order_check_payment#{order_id}")
        return order_id

    def arm(self, task_id: str, **payload: str | int) -> None:
        """A task due now, whoever should have armed it."""
        transaction = Transaction()
        with calls.outside():
            Tasks(self.clock, QUEUES).arm(transaction, task_id, payload, self.clock.now())
            commit(transaction)

    def tire(self, task_id: str, attempts: int) -> None:
        """The task has failed that often already."""
        with calls.outside():
            TaskRow(task_id).update([TaskRow.attempts.set(attempts)])

    def work(self, task_id: str) -> bool:
        """The task's wake-up, at the moment it is due; whether the message was acknowledged."""
        due_at = self.all_tasks().get(task_id, {}).get("due_at", 0)
        self.clock.advance(max(0, due_at - self.clock.milliseconds()) / 1000)
        return self.deliver(task_id.partition("#")[0], {"task_id": task_id})

    def deliver(self, queue: str, body: object) -> bool:
        """One message of `queue`, as the sample event carries it; whether it was acknowledged."""
        function = HANDLERS[queue]
        event = sample(function.removeprefix("tasks."))
        event["Records"][0]["body"] = body if isinstance(body, str) else json.dumps(body)
        answer = self.world.run(self.module(function), event)
        failed = [{"itemIdentifier": event["Records"][0]["messageId"]}]
        assert answer["batchItemFailures"] in ([], failed)
        return not answer["batchItemFailures"]

    def rows(self, table: str) -> list[Json]:
        """All rows of a table of this service."""
        with calls.outside():
            name = f"test-qr_orders-{table}"
            found = aws.client("dynamodb").scan(TableName=name, ConsistentRead=True)["Items"]
        plain = TypeDeserializer().deserialize
        return [{key: plain(value) for key, value in row.items()} for row in found]

    def tasks(self) -> dict[str, Json]:
        """As all_tasks, without the time to live, which every open order has."""
        found = self.all_tasks()
        return {name: row for name, row in found.items() if not name.startswith(TIMER)}

    def all_tasks(self) -> dict[str, Json]:
        """Task rows by id, payloads parsed, numbers whole."""
        return {
            row["task_id"]: row
            | {"payload": json.loads(row["payload"])}
            | {name: int(row[name]) for name in ("due_at", "attempts")}
            for row in self.rows("tasks")
        }

    def due_in_s(self, task_id: str) -> float:
        """Seconds from now until the task may be taken."""
        due_at: int = self.all_tasks()[task_id]["due_at"]
        return (due_at - self.clock.milliseconds()) / 1000

    def journal(self, order_id: str) -> list[str]:
        """Names of the order's events in the order of their revisions, which have no gap."""
        found = [row for row in self.rows("events") if row["order_id"] == order_id]
        found.sort(key=lambda row: row["rev"])
        assert [row["rev"] for row in found] == list(range(1, len(found) + 1))
        return [row["name"] for row in found]

    def messages(self, queue: str) -> list[Json]:
        """Bodies of the queue's visible messages; they are in flight afterwards."""
        with calls.outside():
            answer = aws.client("sqs").receive_message(
                QueueUrl=QUEUES + queue, MaxNumberOfMessages=10
            )
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def lose_messages(self) -> None:
        """Every message on its way is gone."""
        self.aws.restore(replace(self.aws.snapshot(), messages=self.empty.messages))

    @contextmanager
    def watched(self) -> Iterator[list[str]]:
        """Inside, the remote calls of the code are listed: "dynamodb.GetItem"."""
        seen: list[str] = []

        def see(call: calls.Call) -> None:
            seen.append(f"{call.service}.{call.operation}")

        with calls.intercepting(see):
            yield seen


@contextmanager
def shop(**parameters: str) -> Iterator[Shop]:
    """A shop from templates/qr_orders.yaml; the clock starts where FakeClock does."""
    with ExitStack() as stack:
        clock = FakeClock()
        fake = stack.enter_context(atomic_aws(clock))
        stack.enter_context(patch.object(SystemClock, "now", lambda _self: clock.now()))
        files = {"FONTS_DIR": str(fonts.ensure())}
        world = stack.enter_context(
            aws_world("qr_orders", parameters=URLS | parameters, environment=files)
        )
        around = stack.enter_context(outside())
        stack.enter_context(calls.serving("events", "PutEvents", around.put_events))
        yield Shop(world, fake, around, fake.snapshot())
