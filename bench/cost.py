"""`python -m bench.cost`: docs/cost.md, what an order and a payment cost, from units.json.

Pure arithmetic on counted units; what is not counted (billed milliseconds, bytes) is assumed here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from bench import evening, polling, prices
from bench.units import Row, Table, kept

PAGE: Final = Path(__file__).parents[1] / "docs/cost.md"
ORDER: Final = "a restaurant's order"
TARGET: Final = Decimal("0.15")
# Of the simulated evening (docs/polling-cost.md), an order: requests to poll, and write units of
# what they note. `make bench` holds them to the simulation.
POLLS: Final = 98
NOTED: Final = 11
_NAIVE_POLLS: Final = 600
_A_POLL: Final = "poll within 30 s"
_POLLS: Final = {"first poll", _A_POLL, "poll when paid"}
# Billed time of an invocation that is no poll: its own work, and waiting for tables and others.
_BUSY_S: Final = Decimal("0.1")
# A message is sent, received and deleted.
_REQUESTS_A_MESSAGE: Final = 3
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars of one step, by what AWS asks them for."""

    gateway: Decimal
    functions: Decimal
    tables: Decimal
    queues: Decimal
    logs: Decimal

    @property
    def all(self) -> Decimal:
        return self.gateway + self.functions + self.tables + self.queues + self.logs

    def times(self, count: int) -> "Price":
        return Price(*(count * part for part in self._parts()))

    def plus(self, other: "Price") -> "Price":
        pairs = zip(self._parts(), other._parts(), strict=True)
        return Price(*(mine + theirs for mine, theirs in pairs))

    def _parts(self) -> tuple[Decimal, ...]:
        return self.gateway, self.functions, self.tables, self.queues, self.logs


_NOTHING: Final = Price(*[Decimal(0)] * 5)


def step(row: Row, busy_s: Decimal = _BUSY_S) -> Price:
    """The price of counted units; every invocation is billed `busy_s`."""
    requests, invocations = int(row["gateway"]), int(row["invocations"])
    second = polling.MEMORY_GB * prices.LAMBDA_GB_SECOND
    lines = requests * polling.HINTED.log_bytes
    told = requests * polling.HINTED.answer_bytes
    return Price(
        gateway=requests * prices.GATEWAY_REQUEST + told * prices.EGRESS_BYTE,
        functions=invocations * (prices.LAMBDA_REQUEST + busy_s * second),
        tables=Decimal(row["reads"]) * prices.READ_UNIT + int(row["writes"]) * prices.WRITE_UNIT,
        queues=int(row["sends"]) * _REQUESTS_A_MESSAGE * prices.QUEUE_REQUEST,
        logs=lines * prices.LOG_BYTE,
    )


def poll(row: Row) -> Price:
    """As counted, but for the authorizer: the gateway keeps its verdict for a minute."""
    asked = row | {"invocations": polling.HINTED.functions, "reads": _fresh(row)}
    return step(asked, Decimal(polling.HINTED.busy_ms) / polling.HINTED.functions / 1000)


def _fresh(row: Row) -> str:
    return str(Decimal(row["reads"]) - Decimal(polling.VERDICT_HALF_READS) / 2)


def naive_poll() -> Price:
    """One order a request through a REST API, one GetItem."""
    design = polling.OLD
    row: Row = {
        "gateway": 1,
        "invocations": design.functions,
        "reads": "0.5",
        "writes": 0,
        "sends": 0,
    }
    found = step(row, Decimal(design.busy_ms) / 1000)
    return found.plus(_rest(1))


def _rest(requests: int) -> Price:
    zero = Decimal(0)
    return Price(requests * prices.REST_SURCHARGE, zero, zero, zero, zero)


def polls_of(table: Table) -> Price:
    noted = Price(Decimal(0), Decimal(0), NOTED * prices.WRITE_UNIT, Decimal(0), Decimal(0))
    return poll(table[ORDER][_A_POLL]).times(POLLS).plus(noted)


def steps_of(table: Table, journey: str) -> dict[str, Price]:
    """Step by step; of an order its polls are one row, with as many as a till sends."""
    found = {
        name: step(row)
        for name, row in table[journey].items()
        if name != "all" and not (journey == ORDER and name in _POLLS)
    }
    return found | ({f"{POLLS} polls": polls_of(table)} if journey == ORDER else {})


def ours(table: Table, journey: str = ORDER) -> Price:
    whole = _NOTHING
    for each in steps_of(table, journey).values():
        whole = whole.plus(each)
    return whole


def naive(table: Table) -> Price:
    """The same order behind a REST API, polled each second by a request an order."""
    steps = {name: row for name, row in table[ORDER].items() if name not in _POLLS | {"all"}}
    whole = naive_poll().times(_NAIVE_POLLS)
    for row in steps.values():
        whole = whole.plus(step(row)).plus(_rest(int(row["gateway"])))
    return whole


def ratio(table: Table) -> Decimal:
    return ours(table).all / naive(table).all


def line(table: Table) -> str:
    found = ratio(table)
    verdict = "ok" if found <= TARGET else "OVER"
    return f"cost: an order / REST, 600 polls {found:.2f}  target {TARGET}  {verdict}"


def drifted(result: polling.Result) -> list[str]:
    """Where POLLS and NOTED are not what the evening of `polling` has."""
    orders = Decimal(evening.RESTAURANTS * evening.ORDERS_AN_HOUR) / 3600
    counted = (round(result.gateway / orders), round(result.writes / orders))
    return (
        [] if counted == (POLLS, NOTED) else [f"an order has {counted} polls and writes of theirs"]
    )


def _table(rows: dict[str, Price]) -> Iterator[str]:
    yield "| | gateway | functions | tables | queues | logs | all |"
    yield "| --- |" + " --: |" * 6
    for name, each in rows.items():
        cells = [f"{part * _MILLION:,.2f}" for part in (*each._parts(), each.all)]
        yield f"| {' | '.join([name, *cells])} |"


def text() -> str:
    table = kept()
    parts = [_HEAD]
    for journey in table:
        rows = steps_of(table, journey) | {"**all**": ours(table, journey)}
        parts.append("\n".join([f"## {journey[0].upper()}{journey[1:]}\n", *_table(rows), ""]))
    built = {"ours": ours(table), "naive": naive(table)}
    parts.append("\n".join(["## Against a naive build\n", *_table(built), ""]))
    parts.append(_TAIL.format(ratio=f"{ratio(table):.2f}", target=TARGET, busy=_BUSY_S * 1000))
    return "\n".join(parts)


_HEAD: Final = """# What an order, a payment and a deposit cost

Written by `make documents` from `bench/units.json`, the exact units that `make bench` counts; do
not edit. Dollars a million, by what AWS asks them for; functions are requests and time, tables are
read and write units, queues three requests a message.
"""
_TAIL: Final = f"""Naive is a REST API in place of the HTTP API, and a till that asks for each
order by itself every second: {_NAIVE_POLLS} requests an order, one GetItem each. Ours by it:
**{{ratio}}**, where PERFORMANCE asks for {{target}} at most.

What it rests on:

- An order is watched for {evening.WATCHED_MS // 60_000} minutes; how often a till then asks is
  simulated in [what polling costs](polling-cost.md): {POLLS} requests an order, and {NOTED} write
  units for what they note of the till.
- Billed time: {polling.HINTED.busy_ms} ms a poll in both its functions, {{busy:.0f}} ms any other
  invocation at {polling.MEMORY_GB} GB; engines that answer late cost more.
- Logs: {polling.HINTED.log_bytes} bytes a request at the gateway and in the function behind it.
- Not here: what is paid by the month and not by the order (keys, alarms, stored bytes, idle pollers
  of queues), remote systems, e-mail.
- Prices of {prices.AS_OF}, without free tiers: `bench/prices.py`.
"""


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
