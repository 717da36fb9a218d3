"""`make load`: terminals pay drivers of one park, at a steady rate and then all at once (FP-30).

All through one wallet and one link, which is what contends. A terminal repeats until it is told
success; in the end each payment must be in billing and in the fleet's books once.
"""

import os
import platform
import statistics
import sys
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import requests

from local.actors import Json
from local.narration import same, say, step
from local.running import running
from local.terminal import Terminal
from local.terminals.words import Payment

_AMOUNT: Final = "150.00"
_WORKERS: Final = 64
_WARM_UP: Final = 10
# A terminal would wait for minutes.
_PAUSE_S: Final = 5.0
_PATIENCE_S: Final = 900


@dataclass(frozen=True, slots=True)
class Paid:
    """`latencies_s` are of its requests, the last of which was told success."""

    number: str
    account: str
    latencies_s: tuple[float, ...]
    waited_s: float
    unanswered: int


def arguments(given: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m local.load", description=__doc__)
    parser.add_argument("--system", default="qiwi_qvp")
    parser.add_argument("--rate", type=float, default=10, help="payments a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--burst", type=int, default=50, help="payments at once")
    return parser.parse_args(given)


def pay(terminal: Terminal, payment: Payment) -> Paid:
    """Until it is told success. Raises RuntimeError when it never is."""
    begun, latencies, unanswered = time.monotonic(), [], 0
    while time.monotonic() - begun < _PATIENCE_S:
        asked = time.monotonic()
        try:
            answer = terminal.pay(payment)
        except requests.RequestException:
            unanswered += 1
            continue
        now = time.monotonic()
        latencies.append(now - asked)
        if answer.ok:
            taken = tuple(latencies)
            return Paid(answer.number, payment.account, taken, now - begun, unanswered)
        time.sleep(_PAUSE_S)
    raise RuntimeError("a payment is never taken")


def payments(terminal: Terminal, accounts: Sequence[str], count: int) -> Iterator[Payment]:
    for number in range(count):
        yield terminal.payment(accounts[number % len(accounts)], _AMOUNT)


def steadily(
    terminal: Terminal, accounts: Sequence[str], rate: float, seconds: float
) -> list[Paid]:
    """Begun on time, whether or not the earlier ones are answered."""
    started = time.monotonic()
    with ThreadPoolExecutor(_WORKERS) as pool:
        asked: list[Future[Paid]] = []
        for number, one in enumerate(payments(terminal, accounts, int(rate * seconds))):
            time.sleep(max(0, started + number / rate - time.monotonic()))
            asked.append(pool.submit(pay, terminal, one))
        return [each.result() for each in asked]


def at_once(terminal: Terminal, accounts: Sequence[str], count: int) -> list[Paid]:
    with ThreadPoolExecutor(_WORKERS) as pool:
        made = list(payments(terminal, accounts, count))
        return list(pool.map(lambda one: pay(terminal, one), made))


def told(paid: Sequence[Paid]) -> str:
    taken = [each * 1000 for one in paid for each in one.latencies_s]
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    shown = {"p50": cuts[49], "p90": cuts[89], "p95": cuts[94], "p99": cuts[98], "max": max(taken)}
    text = ", ".join(f"{name} {value:.0f} ms" for name, value in shown.items())
    later, silent = len(taken) - len(paid), sum(each.unanswered for each in paid)
    longest = max(each.waited_s for each in paid)
    problems = f"told later {later} times, no answer {silent} times, longest wait {longest:.1f} s"
    return f"{len(paid)} paid: {text}; {problems}"


def books(facts: Json) -> Counter[str]:
    """How often the fleet's books have each of our numbers."""
    url = facts["sandbox"]["fleet_transactions"] + f"/v1/ledger/{facts['park']['park_id']}"
    found = requests.get(url, timeout=60).json()["transactions"]
    return Counter(str(int(each["token"])) for each in found)


def credits_of(facts: Json, account: str) -> Counter[str]:
    """How often billing has each of our numbers as a top-up of one driver."""
    query = {"park_id": facts["park"]["park_id"], "driver_id": f"d-{account}"}
    url = facts["sandbox"]["billing"] + "/v1/ledger"
    entries = requests.get(url, params=query, timeout=60).json()["entries"]
    kept = [each["idempotency_key"] for each in entries if each["category"] == "topup"]
    return Counter(str(int(key)) for key in kept)


def drained(facts: Json, count: int) -> float:
    """Seconds until the books have so many payments."""
    started = time.monotonic()
    while time.monotonic() - started < _PATIENCE_S:
        if books(facts).total() >= count:
            return time.monotonic() - started
        time.sleep(1)
    raise RuntimeError(f"only {books(facts).total()} of {count} payments are credited")


def checked(facts: Json, paid: Sequence[Paid]) -> None:
    numbers = Counter(each.number for each in paid)
    same("numbers given twice", [each for each, times in numbers.items() if times > 1], [])
    same("the fleet's books have each once", books(facts) == numbers, True)
    entered: Counter[str] = Counter()
    for account in {each.account for each in paid}:
        entered += credits_of(facts, account)
    same("billing has each once", entered == numbers, True)


def main() -> None:
    given = arguments(sys.argv[1:])
    with running() as (_stack, facts):
        park = facts["park"]
        terminal = Terminal.of(given.system, park["wallets"][given.system])
        accounts = park["accounts"]
        say(f"{os.cpu_count()} processors, Python {platform.python_version()}, {given.system}")
        step(
            f"{_WARM_UP} payments one after the other, then {given.burst} that start the processes"
        )
        warm = [pay(terminal, one) for one in payments(terminal, accounts, _WARM_UP)]
        say(told(warm))
        cold = at_once(terminal, accounts, given.burst)
        say(told(cold))
        warm += cold
        drained(facts, len(warm))

        step(f"{given.rate:g} payments a second for {given.seconds:g} s")
        steady = steadily(terminal, accounts, given.rate, given.seconds)
        say(told(steady))
        say(f"all credited {drained(facts, len(warm + steady)):.0f} s after the last")

        step(f"{given.burst} payments at once")
        burst = at_once(terminal, accounts, given.burst)
        say(told(burst))
        everything = warm + steady + burst
        say(f"all credited {drained(facts, len(everything)):.0f} s after the last")

        step("Each payment is credited once")
        checked(facts, everything)


if __name__ == "__main__":
    main()
