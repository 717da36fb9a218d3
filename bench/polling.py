"""The evening's bill and its hottest partition, polled as of old and as now: docs/polling-cost.md.

Pure computation, the same on every machine: `make bench` rewrites the page.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Final
from zlib import crc32

from bench import prices
from bench.evening import (
    ORDERS_AN_HOUR,
    RESTAURANTS,
    SEED,
    SLICES,
    WARM_UP_S,
    WATCHED_MS,
    WINDOW_S,
    Order,
    Poll,
    batch_polls,
    old_polls,
    restaurants,
)
from qr_orders.statuses import INDEX_AHEAD, MARKS_PER_S

PAGE: Final = Path(__file__).parents[1] / "docs/polling-cost.md"
BATCH_MAX: Final = 100
TOUCH_EVERY_MS: Final = 30_000
TIMEOUT_MS: Final = 300_000
# A mark that comes so late moves the order's entry in unpaid_by_poll: two writes of the index.
INDEX_AHEAD_MS: Final = INDEX_AHEAD * TOUCH_EVERY_MS
OPEN_S_A_MONTH: Final = 12 * 3600 * 30
# A table on demand begins with as many partitions; each has limits of its own.
PARTITIONS: Final = 4
PARTITION_READS: Final = 3000
PARTITION_WRITES: Final = 1000
# The gateway keeps an authorizer's verdict that long; a fresh one is two strong reads.
VERDICT_S: Final = 60
VERDICT_HALF_READS: Final = 4
MEMORY_GB: Final = Decimal("0.5")
AUTHORIZER_MS: Final = 8

Polls = Callable[[int, list[Order]], Iterator[Poll]]


@dataclass(frozen=True, slots=True)
class Design:
    """How tills ask. `functions` are invoked by a poll, billed `busy_ms` together."""

    name: str
    polls: Polls
    functions: int
    busy_ms: int
    touches: bool
    log_bytes: int
    answer_bytes: int
    order_bytes: int


OLD: Final = Design(
    name="old: one order a request",
    polls=old_polls,
    functions=1,
    busy_ms=13,
    touches=False,
    log_bytes=700,
    answer_bytes=1000,
    order_bytes=0,
)
HINTED: Final = Design(
    name="batch, `next_poll_after_ms` kept",
    polls=partial(batch_polls, hinted=True),
    functions=2,
    busy_ms=33,
    touches=True,
    log_bytes=700,
    answer_bytes=800,
    order_bytes=200,
)
EAGER: Final = replace(HINTED, name="batch, each second", polls=partial(batch_polls, hinted=False))


def _grid() -> list[list[int]]:
    return [[0] * SLICES for _ in range(WINDOW_S)]


@dataclass(slots=True)
class Load:
    """Counts of the window; the orders table also by second and slice. Reads in half units."""

    requests: int = 0
    asked: int = 0
    writes: int = 0
    index_writes: int = 0
    reads_at: list[list[int]] = field(default_factory=_grid)
    writes_at: list[list[int]] = field(default_factory=_grid)


@dataclass(frozen=True, slots=True)
class Result:
    """By second, but for the month's dollars; the hottest are a partition's worst second."""

    design: str
    gateway: Decimal
    invocations: Decimal
    reads: Decimal
    writes: Decimal
    hottest_reads: Decimal
    hottest_writes: int
    partitions: int
    month: Decimal
    rest_month: Decimal


def simulate(design: Design) -> Result:
    load = Load()
    for phase, orders in restaurants():
        marks = {order: _opened(order) for order in orders}
        for poll in design.polls(phase, orders):
            _serve(load, poll, marks if design.touches else None)
    return _result(design, load)


@dataclass(slots=True)
class Mark:
    """What the row says of an order's polls: the last one noted, and its place in the index."""

    seen: int
    silent_at: int

    def is_due(self, at: int, order: Order) -> bool:
        jitter = crc32(f"{order.opened}.{order.slice}.{self.seen}".encode()) % TOUCH_EVERY_MS
        return at - self.seen >= TOUCH_EVERY_MS + jitter

    def move(self, at: int) -> int:
        """Writes of the index that noting a poll costs."""
        self.seen = at
        if self.silent_at - at >= INDEX_AHEAD_MS:
            return 0
        self.silent_at = at + TIMEOUT_MS
        return 2


def _opened(order: Order) -> Mark:
    """Of an order opened before the evening begins, as if it had been polled since."""
    mark = Mark(order.opened, order.opened + TIMEOUT_MS)
    for at in range(order.opened, min(0, order.paying), 3000):
        if mark.is_due(at, order):
            mark.move(at)
    return mark


def _serve(load: Load, poll: Poll, marks: dict[Order, Mark] | None) -> None:
    second = poll.at // 1000 - WARM_UP_S
    if marks is not None:
        for order in poll.orders:
            if poll.at < order.paying and marks[order].is_due(poll.at, order):
                moved = marks[order].move(poll.at)
                if second >= 0:
                    load.writes += 1
                    load.index_writes += moved
                    load.writes_at[second][order.slice] += 1
    if second >= 0:
        load.requests += -(-len(poll.orders) // BATCH_MAX)
        load.asked += len(poll.orders)
        for order in poll.orders:
            load.reads_at[second][order.slice] += 1


def _result(design: Design, load: Load) -> Result:
    verdicts = Decimal(RESTAURANTS) / VERDICT_S
    gateway = Decimal(load.requests) / WINDOW_S
    asked = Decimal(load.asked) / WINDOW_S
    invocations = gateway * design.functions + verdicts
    reads = (asked + verdicts * VERDICT_HALF_READS) / 2
    writes = Decimal(load.writes + load.index_writes) / WINDOW_S
    busy_s = (gateway * design.busy_ms + verdicts * AUTHORIZER_MS) / 1000
    second = (
        gateway * prices.GATEWAY_REQUEST
        + invocations * prices.LAMBDA_REQUEST
        + busy_s * MEMORY_GB * prices.LAMBDA_GB_SECOND
        + reads * prices.READ_UNIT
        + writes * prices.WRITE_UNIT
        + gateway * design.log_bytes * prices.LOG_BYTE
        + (gateway * design.answer_bytes + asked * design.order_bytes) * prices.EGRESS_BYTE
    )
    return Result(
        design=design.name,
        gateway=gateway,
        invocations=invocations,
        reads=reads,
        writes=writes,
        hottest_reads=Decimal(_hottest(load.reads_at, PARTITIONS)) / 2,
        hottest_writes=_hottest(load.writes_at, PARTITIONS),
        partitions=_enough(load),
        month=second * OPEN_S_A_MONTH,
        rest_month=(second + gateway * prices.REST_SURCHARGE) * OPEN_S_A_MONTH,
    )


def _hottest(grid: list[list[int]], partitions: int) -> int:
    width = SLICES // partitions
    return max(sum(row[start : start + width]) for row in grid for start in range(0, SLICES, width))


def _after_outage() -> tuple[int, int]:
    """On the hottest partition in a second, when every unpaid order is due for its mark at once:
    what polls ask for, and what the processes that serve them write.
    """
    unpaid = [0] * SLICES
    for _phase, orders in restaurants():
        for order in orders:
            unpaid[order.slice] += order.opened <= 0 < order.paying
    due = _hottest([unpaid], PARTITIONS)
    processes = RESTAURANTS * OLD.busy_ms // 1000
    return due, min(due, processes * MARKS_PER_S * due // sum(unpaid))


def _enough(load: Load) -> int:
    """The fewest partitions, a power of two, of which none is ever over a limit."""
    for partitions in (1, 2, 4, 8, 16, 32):
        reads = _hottest(load.reads_at, partitions) <= 2 * PARTITION_READS
        if reads and _hottest(load.writes_at, partitions) <= PARTITION_WRITES:
            return partitions
    raise ValueError("more partitions than slices")


def _page(results: list[Result]) -> str:
    names = ("gateway requests/s", "Lambda requests/s", "read units/s", "write units/s")
    rows = [
        [name, *(f"{getattr(found, field):,.0f}" for found in results)]
        for name, field in zip(names, ("gateway", "invocations", "reads", "writes"), strict=True)
    ]
    rows += [
        ["dollars a month", *(f"{found.month:,.0f}" for found in results)],
        ["by the old", *(f"{found.month / results[0].month:.2f}" for found in results)],
        [
            "by the old behind a REST API",
            *(f"{found.month / results[0].rest_month:.2f}" for found in results),
        ],
        [
            f"hottest of {PARTITIONS} partitions, reads/s of {PARTITION_READS:,}",
            *(f"{found.hottest_reads:,.0f}" for found in results),
        ],
        [
            f"hottest of {PARTITIONS} partitions, writes/s of {PARTITION_WRITES:,}",
            *(f"{found.hottest_writes:,}" for found in results),
        ],
        ["partitions needed", *(str(found.partitions) for found in results)],
    ]
    due, written = _after_outage()
    head = ["", *(found.design for found in results)]
    table = [head, ["---"] + ["--:"] * len(results), *rows]
    return _TEXT.format(
        table="\n".join(f"| {' | '.join(row)} |" for row in table),
        due=f"{due:,}",
        written=f"{written:,}",
    )


_TEXT: Final = f"""# What polling costs

Written by `bench/polling.py` (`make bench`); do not edit. {RESTAURANTS:,} restaurants, each with a
till that polls from the moment a bill is opened until it is closed.

{{table}}

What it rests on:

- {ORDERS_AN_HOUR} orders an hour and restaurant, at random (seed {SEED}), each watched for
  {WATCHED_MS // 60_000} minutes: unpaid for 5 to 9, paying for 5 to 30 seconds, then paid. The
  window is {WINDOW_S} seconds after {WARM_UP_S} of warm-up; a month is 30 days of 12 such hours.
- Old: every order by its own request each second, one Lambda, one GetItem, eventually consistent.
- Batch: all open orders of a till in one request of up to {BATCH_MAX} ids: two Lambdas
  (orders/status/list calls get-statuses), one BatchGetItem, and for an unpaid order one write
  every {TOUCH_EVERY_MS // 1000} to {2 * TOUCH_EVERY_MS // 1000} s. Its entry in the index of silent
  tills is moved (two writes of the index) only by a mark in the last {INDEX_AHEAD_MS // 1000} s of
  its {TIMEOUT_MS // 1000}: moving it with every mark would triple the writes. Each second, or after
  `next_poll_after_ms`: 1 s while a payment runs, else 3 s; a till without orders asks nothing.
- Both: an HTTP API whose authorizer answers once in {VERDICT_S} s a key. Its reads are counted and
  paid, but fall on other tables than the partitions below, which are those of the orders table.
- Billed Lambda time: {OLD.busy_ms} ms a poll of old, {HINTED.busy_ms} ms in both functions now
  (13 ms of work and a caller who waits for it), at {MEMORY_GB} GB.
- Partitions are equal parts of the ring of hashed order ids; a new on-demand table has
  {PARTITIONS}. Shown is the worst second of the hottest one.
- After an outage of more than {2 * TOUCH_EVERY_MS // 1000} s the mark of every unpaid order is due
  at its first poll: {{due}} writes on the hottest partition. A process writes {MARKS_PER_S} of them
  a second at most, and {RESTAURANTS:,} tills that ask in the same second keep
  {RESTAURANTS * OLD.busy_ms // 1000} processes busy: {{written}} writes a second there. The rest is
  made up for by the next polls, and jitter keeps the marks apart from then on; no poll fails.
- Prices of {prices.AS_OF}, without free tiers: `bench/prices.py`.
"""


def main() -> tuple[str, Result]:
    """Writes the page; its table, and the result of how tills ask now."""
    results = [simulate(design) for design in (OLD, EAGER, HINTED)]
    page = _page(results)
    PAGE.write_text(page, encoding="utf-8")
    return "\n".join(line for line in page.splitlines() if line.startswith("|")), results[-1]
