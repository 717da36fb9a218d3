"""The whole system in one process: real Lambdas, a fake AWS, the sandbox as the outside world.

Queues are delivered by hand, time moves by hand, so that a test decides what is lost and when.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from types import ModuleType
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import requests

from local.fonts import ensure
from shared import aws, metrics
from shared.clock import SystemClock
from shared.http_event import event
from tests.support import calls, footprint
from tests.support.atomic_moto import FakeAws, atomic_aws
from tests.support.aws_world import World, aws_world
from tests.support.clock import FakeClock
from tests.support.faults import Crash
from tests.support.intrinsics import Json

SERVICES: Final = (
    *("qr_orders", "sandbox", "qr_partners", "qr_partner_integration", "client_api"),
    "operations",
)
BUS: Final = "payments"
OUTSIDE: Final = "http://outside.example"
TASKS: Final = {
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
PARAMETERS: Final = {
    "TransactionsUrl": f"{OUTSIDE}/transactions",
    "EdaUrl": f"{OUTSIDE}/eda",
    "PaymentMethodsUrl": f"{OUTSIDE}/payment_methods",
    "NotifyUrl": f"{OUTSIDE}/notify",
    "MerchPaymentsUrl": f"{OUTSIDE}/merch_payments",
    "SessionsUrl": f"{OUTSIDE}/sessions",
    "ChatUrl": f"{OUTSIDE}/chat/v1/posts",
    "QrBaseUrl": "https://pay.example",
    "ReceiptLinkUrl": "https://guests.example",
    "ReceiptLinkPepperArn": "test/client_api/receipt-link-pepper",
    "JwtIssuer": "https://issuer.example",
    "JwtAudience": "guests",
    "Upstreams": "sandbox",
    # Schedules are replayed on a clock that stands still or goes back: no bucket would refill.
    "CallBurst": "1000000",
    "NewOrdersPerMinute": "1000000",
}
_ROUNDS_MAX: Final = 200
# Every open order has one, and hours to go.
_TIMER: Final = "qr_order_expired#"
# One sandbox stands behind all of them, and the engine in it sends callbacks.
_OUTSIDE_WORLD: Final = footprint.writing(
    ("http",),
    footprint.queue("test-qr_orders_transactions_callback"),
    footprint.queue("test-scooters_payments_transactions_callback"),
)


@dataclass(slots=True)
class Town:
    """Services, queues and clock of one `town` block."""

    world: World
    aws: FakeAws
    _modules: dict[tuple[str, str], ModuleType] = field(default_factory=dict)

    def module(self, service: str, function: str) -> ModuleType:
        """The function's module, imported once a town."""
        if (service, function) not in self._modules:
            self._modules[service, function] = self.world.load(service, function)
        return self._modules[service, function]

    def call(self, service: str, function: str, request: Json) -> tuple[int, Json]:
        """One HTTP request to a function: status and JSON body."""
        with calls.flow(f"{service}.{function}"):
            return self.world.invoke(self.module(service, function), request)

    def run(self, service: str, function: str, payload: Json) -> Any:
        """One invocation of a function: its raw answer."""
        with calls.flow(f"{service}.{function}"):
            return self.world.run(self.module(service, function), payload)

    def deliver(self) -> int:
        """Hands every visible message to its task until none is left; how many there were."""
        handled = 0
        for _ in range(_ROUNDS_MAX):
            found = [one for queue in TASKS for one in self._receive(queue)]
            if not found:
                return handled
            for queue, message in found:
                self.handle(queue, message)
                handled += 1
        raise AssertionError("the queues never run dry")

    def handle(self, queue: str, message: Json) -> None:
        """One delivery: acknowledged unless the function reports it as failed, or dies."""
        record = {"messageId": message["MessageId"], "body": message["Body"]}
        try:
            with calls.process():
                answer = self.run("qr_orders", TASKS[queue], {"Records": [record]})
        except Crash:
            return
        if not answer["batchItemFailures"]:
            self.acknowledge(queue, message)

    def acknowledge(self, queue: str, message: Json) -> None:
        """The message is deleted, as Lambda does after a success."""
        with calls.outside():
            aws.client("sqs").delete_message(
                QueueUrl=_url(queue), ReceiptHandle=message["ReceiptHandle"]
            )

    def _receive(self, queue: str) -> list[tuple[str, Json]]:
        if not self.aws.has_messages(f"test-{queue}"):
            return []
        with calls.outside():
            answer = aws.client("sqs").receive_message(QueueUrl=_url(queue), MaxNumberOfMessages=10)
        return [(queue, message) for message in answer.get("Messages", [])]

    def tell(self, queue: str, fact: Json) -> None:
        """A message from outside."""
        with calls.outside():
            aws.client("sqs").send_message(QueueUrl=_url(queue), MessageBody=json.dumps(fact))

    def hear(self) -> int:
        """Hands every event of the payments' bus to its listener, oldest first; how many."""
        events = self.published()
        with calls.outside():
            for number, found in events.items():
                self.run("sandbox", "subscribers.payments", found)
                key = {"number": {"N": str(number)}}
                aws.client("dynamodb").delete_item(TableName=f"test-{BUS}", Key=key)
        return len(events)

    def published(self) -> dict[int, Json]:
        """The events that wait on the bus, by their number, in the order of publishing."""
        rows = sorted(self.rows(BUS), key=lambda row: int(row["number"]))
        return {row["number"]: json.loads(row["event"]) for row in rows}

    def lose_messages(self) -> None:
        """Every message on its way is lost, callbacks and wake-ups alike."""
        self.aws.lose_messages()

    def sweep(self) -> None:
        self.run("qr_orders", "crons.sweep", {})

    def sweep_alone(self, rounds: int = 12, seconds: int = 75) -> None:
        """Time passes and nothing but the sweeper's own messages wakes anyone, if there is work."""
        for _ in range(rounds):
            self.lose_messages()
            if all(row["task_id"].startswith(_TIMER) for row in self.rows("qr_orders-tasks")):
                return
            self.aws.clock.advance(seconds)
            self.sweep()
            self.deliver()

    def settle(self, rounds: int = 8, seconds: int = 3) -> None:
        """The usual course: messages arrive, a few seconds at a time."""
        for _ in range(rounds):
            self.deliver()
            self.aws.clock.advance(seconds)
        self.deliver()

    def rows(self, table: str) -> list[Json]:
        """All rows of a table, plain values: for checks."""
        found = self.aws.rows(f"test-{table}")
        return [{name: _plain(value) for name, value in row.items()} for row in found]


@contextmanager
def town(**parameters: str) -> Iterator[Town]:
    """A town with every service of the templates; the clock starts where FakeClock does."""
    with ExitStack() as stack:
        clock = FakeClock()
        fake = stack.enter_context(atomic_aws(clock))
        stack.enter_context(patch.object(SystemClock, "now", lambda _self: clock.now()))
        fonts = {"FONTS_DIR": str(ensure())}
        world = stack.enter_context(
            aws_world(*SERVICES, parameters=PARAMETERS | parameters, environment=fonts)
        )
        found = Town(world, fake)
        stack.enter_context(patch.object(requests.Session, "request", outside_http(found)))
        stack.enter_context(calls.serving("lambda", "Invoke", _invoke(found)))
        _create_bus()
        stack.enter_context(calls.serving("events", "PutEvents", _put_events(found)))
        # A proof makes thousands of calls; their EMF lines cost more than the calls.
        stack.enter_context(patch.object(metrics, "emit", lambda *_, **__: None))
        yield found


def _put_events(found: Town) -> Callable[[Json], Json]:
    """The bus, which loses nothing: a table, so that snapshots hold it."""

    def put(parameters: Json) -> Json:
        (entry,) = parameters["Entries"]
        numbers = [row["number"] for row in found.rows(BUS)]
        event = {
            "source": entry["Source"],
            "detail-type": entry["DetailType"],
            "detail": json.loads(entry["Detail"]),
        }
        row = {"number": {"N": str(max(numbers, default=0) + 1)}, "event": {"S": json.dumps(event)}}
        with calls.outside():
            aws.client("dynamodb").put_item(TableName=f"test-{BUS}", Item=row)
        return {"FailedEntryCount": 0, "Entries": [{"EventId": row["number"]["N"]}]}

    return put


def _create_bus() -> None:
    aws.client("dynamodb").create_table(
        TableName=f"test-{BUS}",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "number", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "number", "KeyType": "HASH"}],
    )


def _invoke(found: Town) -> Callable[[Json], Json]:
    """Another service's Lambda, run here."""

    def invoke(parameters: Json) -> Json:
        service, _, function = parameters["FunctionName"].partition("-")[2].partition("-")
        answer = found.run(service, function, json.loads(parameters["Payload"]))
        return {"StatusCode": 200, "Payload": BytesIO(json.dumps(answer).encode())}

    return invoke


def outside_http(found: Town) -> Callable[..., requests.Response]:
    """The outside systems: the sandbox's own Lambdas, whose inner calls are nobody's points."""

    def request(
        _session: requests.Session, method: str, url: str, **options: Any
    ) -> requests.Response:
        path = url.removeprefix(OUTSIDE)
        system = path.split("/")[1]

        def send() -> requests.Response:
            with calls.outside():
                asked = outside_event(found, system, method, path, options)
                return _response(found.run("sandbox", system, asked))

        return calls.point("http", f"{method} {system}", send, touches=_OUTSIDE_WORLD)

    return request


def outside_event(
    found: Town, system: str, method: str, url: str, options: Mapping[str, Any]
) -> Json:
    """The event of the sandbox route that serves `url`."""
    parts = urlsplit(url)
    for route in found.module("sandbox", system).app.routes:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route)
        matched = re.fullmatch(pattern, parts.path)
        if matched is not None:
            return event(
                method,
                route,
                path=matched.groupdict(),
                query=dict(parse_qsl(parts.query)),
                body=_body(options),
                headers=options.get("headers"),
            )
    raise AssertionError(f"the sandbox has no {method} {parts.path}")


def _body(options: Mapping[str, Any]) -> object:
    """A JSON value, or text that goes as it is."""
    return options["data"].decode() if options.get("data") else options.get("json")


def _response(answer: Json) -> requests.Response:
    response = requests.Response()
    response.status_code = int(answer["statusCode"])
    response._content = (answer["body"] or "").encode()
    response.headers.update(answer["headers"])
    return response


def _url(queue: str) -> str:
    return f"https://sqs.eu-central-1.amazonaws.com/123456789012/test-{queue}"


def _plain(value: Json) -> Any:
    ((kind, found),) = value.items()
    return int(found) if kind == "N" else found
