"""Payments through one wallet at once: how often its row conflicts, and what the repeats cost.

Every payment's commit checks the wallet's row, and DynamoDB refuses a transaction on a row that
another one holds. The emulator does not, so this plays `shared.store.commit` against such a row:
pure computation, the same on every machine.
"""

import heapq
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shared import store

HELD_S: Final = (0.01, 0.03)
"""How long a transaction may hold its rows: usual, and slow."""
_SEED: Final = 7
_RATE: Final = 10
_HOUR_S: Final = 3600
_BURST: Final = 50
_SPREAD_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Commit:
    """`waited_s` is from its first try to its end."""

    tries: int
    waited_s: float
    done: bool


def play(arrivals: Iterable[float], held_s: float, rng: random.Random) -> list[Commit]:
    """A try finds the row free and holds it, or is refused at once and comes again by the rules."""
    pending = [(at, at, 1) for at in arrivals]
    heapq.heapify(pending)
    free_at, ended = 0.0, []
    while pending:
        now, began, tries = heapq.heappop(pending)
        if now >= free_at:
            free_at = now + held_s
            ended.append(Commit(tries, free_at - began, done=True))
        elif tries == store._CONFLICT_ATTEMPTS:
            ended.append(Commit(tries, now - began, done=False))
        else:
            pause_s = store._CONFLICT_PAUSE_S * 2 ** (tries - 1) * rng.random()
            heapq.heappush(pending, (now + pause_s, began, tries + 1))
    return ended


def _steady(rng: random.Random) -> Iterator[float]:
    at = 0.0
    while (at := at + rng.expovariate(_RATE)) < _HOUR_S:
        yield at


def _line(name: str, held_s: float, ended: Sequence[Commit]) -> str:
    refused = sum(one.tries > 1 for one in ended) / len(ended)
    given_up = sum(not one.done for one in ended) / len(ended)
    waited = sorted(one.waited_s for one in ended if one.done)
    p99_ms = waited[len(waited) * 99 // 100] * 1000
    return (
        f"{name}, {held_s * 1000:.0f} ms each: {refused:.1%} conflict, "
        f"{given_up:.2%} are told later, p99 of the commit {p99_ms:.0f} ms"
    )


def lines() -> Iterator[str]:
    for held_s in HELD_S:
        rng = random.Random(_SEED)
        yield _line(f"{_RATE} a second for an hour", held_s, play(_steady(rng), held_s, rng))
    for held_s in HELD_S:
        rng = random.Random(_SEED)
        bursts: list[Commit] = []
        for _ in range(100):
            bursts += play([rng.random() * _SPREAD_S for _ in range(_BURST)], held_s, rng)
        yield _line(f"{_BURST} within {_SPREAD_S * 1000:.0f} ms", held_s, bursts)
