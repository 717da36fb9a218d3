"""Our own time on top of the processor's, with 1, 100 and 2,000 deposits pending (SD-01..05).

Virtual time, real handlers: each message runs its Lambda, each remote call moves the clock by what
it takes on AWS, queues have the template's concurrency. The processor's time is drawn with a p95 of
12 seconds. The reference hears of the same holds in the same run.
"""

import heapq
import json
import math
import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Final
from unittest.mock import patch

import requests

from bench.memory import in_memory
from bench.references import billing_cycle
from shared.clock import to_iso
from tests.support import calls
from tests.support.calls import Call
from tests.support.intrinsics import ROOT, Json, read
from tests.support.rides import SERVICE, TASKS, Rides, rides

PENDING: Final = (1, 100, 2000)
SEED: Final = 20261121
PROCESSOR_P95_S: Final = 12.0
_PROCESSOR_MEDIAN_S: Final = 7.0
_SIGMA: Final = math.log(PROCESSOR_P95_S / _PROCESSOR_MEDIAN_S) / 1.645
# All of them are booked in this time, and so pending together.
BOOKED_IN_S: Final = 3.0
TARGET_S: Final = 1.0
# Median seconds of a call as AWS takes them in one region, of a message until its Lambda runs, of a
# Lambda's own work, and of the engine's news.
_CALLS_S: Final = {("dynamodb", "TransactWriteItems"): 0.020, ("sqs", "SendMessage"): 0.010}
_CALL_S, _ENGINE_S, _DELIVERY_S, _WORK_S = 0.006, 0.050, 0.040, 0.015
_SPREAD: Final = 0.6
_CALLBACKS: Final = f"{SERVICE}_transactions_callback"


@dataclass(slots=True)
class Engine:
    """B.1 in memory: a hold is there when the processor's time is over."""

    world: "World"
    holds: dict[str, float] = field(default_factory=dict)
    invoices: dict[str, Json] = field(default_factory=dict)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        def send() -> requests.Response:
            return _answer(self._serve(method, url.partition("/v1/invoices")[2], options))

        return calls.point("http", method, send)

    def _serve(self, method: str, path: str, options: Any) -> Json:
        if method == "GET":
            return self._shown(self.invoices[path.strip("/")])
        body = options["json"]
        if not path:
            self.invoices.setdefault(body["id"], {"id": body["id"], "began": 0.0, "operation": ""})
            return {"id": body["id"], "version": 0, "status": "init"}
        invoice = self.invoices[path.split("/")[1]]
        if not invoice["operation"]:
            invoice |= {"began": self.world.now_s, "operation": body["operation_id"]}
            held_s = self.world.now_s + self.holds[invoice["id"]]
            news = {"event_id": invoice["id"], "invoice_id": invoice["id"]}
            self.world.send(_CALLBACKS, news, held_s + _ENGINE_S)
        return {"operation": {"id": body["operation_id"], "status": "init"}, "version": 1}

    def _shown(self, invoice: Json) -> Json:
        held_s = invoice["began"] + self.holds[invoice["id"]]
        held = self.world.now_s >= held_s
        amount = "300.00" if held else "0.00"
        return {
            **{"id": invoice["id"], "version": 1, "status": "held" if held else "holding"},
            **{"currency": "RUB", "held": amount, "cleared": "0.00"},
            "items": [{"amount": "300.00"}],
            "operations": [{"id": invoice["operation"], "status": "done" if held else "init"}],
            "transactions": [{"kind": "hold", "created_at": _iso(invoice["began"])}],
            "held_at": _iso(held_s) if held else None,
        }


@dataclass(slots=True)
class World:
    """What happens when: a heap of moments; a queue runs as many Lambdas as its template allows."""

    place: Rides
    limits: dict[str, int]
    chance: random.Random
    agenda: list[tuple[float, int, str, Json]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    running: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    waiting: dict[str, deque[Json]] = field(default_factory=lambda: defaultdict(deque))

    @property
    def now_s(self) -> float:
        return (self.place.aws.clock.now() - _EPOCH).total_seconds()

    def at(self, moment_s: float, what: str, body: Json) -> None:
        heapq.heappush(self.agenda, (moment_s, next(self.numbers), what, body))

    def send(self, queue: str, body: Json, at_s: float) -> None:
        self.at(at_s + _DELIVERY_S * self._luck(), queue, body)

    def play(self) -> None:
        while self.agenda:
            moment_s, _, what, body = heapq.heappop(self.agenda)
            if what == "start":
                self._run(moment_s, partial(self.place.start, body["session"]))
            elif what == "free":
                self._freed(moment_s, body["queue"])
            elif self.running[what] < self.limits[what]:
                self._work(moment_s, what, body)
            else:
                self.waiting[what].append(body)

    def _freed(self, moment_s: float, queue: str) -> None:
        self.running[queue] -= 1
        if self.waiting[queue]:
            self._work(moment_s, queue, self.waiting[queue].popleft())

    def _work(self, moment_s: float, queue: str, body: Json) -> None:
        self.running[queue] += 1
        task = queue.removeprefix(f"{SERVICE}_")
        ends_s = self._run(moment_s, lambda: self.place.message(task, body))
        self.at(ends_s, "free", {"queue": queue})

    def _run(self, moment_s: float, work: Callable[[], object]) -> float:
        """The Lambda, from that moment; when it ended."""
        self.place.aws.clock.set(_EPOCH + timedelta(seconds=moment_s + _WORK_S))
        with calls.intercepting(self._take_time):
            work()
        return self.now_s

    def _take_time(self, call: Call) -> None:
        http = call.service == "http"
        usual_s = _ENGINE_S if http else _CALLS_S.get((call.service, call.operation), _CALL_S)
        self.place.aws.clock.advance(usual_s * self._luck())

    def _luck(self) -> float:
        """Of a hundred calls one takes four times the median."""
        return self.chance.lognormvariate(0, _SPREAD)

    def sent(self, asked: Json) -> Json:
        """SQS, without its cost: the message is on the agenda."""
        queue = asked["QueueUrl"].rpartition("/test-")[2]
        if queue != f"{SERVICE}_close_left_open":
            body = json.loads(asked["MessageBody"])
            self.send(queue, body, self.now_s + asked.get("DelaySeconds", 0))
        return {"MessageId": "m"}


@dataclass(frozen=True, slots=True)
class Row:
    """p95 in milliseconds of what is not the processor's, and of the reference's same."""

    pending: int
    own_ms: int
    reference_ms: int
    total_ms: int

    def line(self) -> str:
        verdict = "ok" if self.own_ms < TARGET_S * 1000 else "OVER"
        return (
            f"{self.pending:>6} pending  {self.own_ms:>6} ms on top  {verdict:<4}"
            f"  reference {self.reference_ms:>6} ms  ratio {self.own_ms / self.reference_ms:.3f}"
            f"  authorised in {self.total_ms / 1000:.1f} s"
        )


def deposits(pending: int) -> Row:
    """All deposits of one run, by the service's own metrics."""
    chance = random.Random(SEED)
    starts = sorted(chance.uniform(0, BOOKED_IN_S) for _ in range(pending))
    holds = [chance.lognormvariate(math.log(_PROCESSOR_MEDIAN_S), _SIGMA) for _ in range(pending)]
    with _world(holds) as world:
        for number, start_s in enumerate(starts):
            world.at(start_s, "start", {"session": f"s{number}"})
        world.play()
        totals, processor = _measured(world.place)
    if len(totals) != pending:
        raise RuntimeError(f"{len(totals)} of {pending} deposits were held")
    own = [total - part for total, part in zip(totals, processor, strict=True)]
    reference = [seconds * 1000 for seconds in billing_cycle.overheads(starts, holds)]
    return Row(pending, _p95(own), _p95(reference), _p95(totals))


def rows() -> list[Row]:
    return [deposits(pending) for pending in PENDING]


@contextmanager
def _world(holds: list[float]) -> Iterator[World]:
    with ExitStack() as stack:
        place = stack.enter_context(rides())
        world = World(place, _limits(), random.Random(SEED))
        durations = {f"s{number}-1": seconds for number, seconds in enumerate(holds)}
        engine = Engine(world, durations)
        stack.enter_context(patch.object(requests.Session, "request", engine.request))
        stack.enter_context(calls.serving("sqs", "SendMessage", world.sent))
        stack.enter_context(in_memory())
        place.town.module(SERVICE, "payment_start")
        for task in TASKS.values():
            place.town.module(SERVICE, task)
        yield world


def _limits() -> dict[str, int]:
    """MaximumConcurrency of each queue."""
    resources = read(ROOT / f"templates/{SERVICE}.yaml")["Resources"]
    found = {}
    for queue, task in TASKS.items():
        (name,) = (
            name
            for name, each in resources.items()
            if each.get("Properties", {}).get("Handler") == f"{task}.app"
        )
        mapping = resources[f"{name.removesuffix('TaskFunction')}Mapping"]["Properties"]
        found[queue] = int(mapping["ScalingConfig"]["MaximumConcurrency"])
    return found


def _measured(place: Rides) -> tuple[list[int], list[int]]:
    """DepositAuthTimeMs, and the processor's part of it, deposit by deposit."""
    totals = [value for name, value, _ in place.measured if name == "DepositAuthTimeMs"]
    parts = [
        value
        for name, value, dimensions in place.measured
        if name == "DepositAuthPartMs" and dimensions["Part"] == "processor"
    ]
    return totals, parts


def _p95(values: list[int] | list[float]) -> int:
    return int(sorted(values)[math.ceil(len(values) * 0.95) - 1])


_EPOCH: Final = datetime(2026, 1, 2, 10, tzinfo=UTC)


def _iso(moment_s: float) -> str:
    return to_iso(_EPOCH + timedelta(seconds=moment_s))


def _answer(body: Json) -> requests.Response:
    response = requests.Response()
    response.status_code = 200
    response._content = json.dumps(body).encode()
    return response
