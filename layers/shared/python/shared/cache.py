"""Answers kept for seconds inside one process: only for speed, bounded in time and size (AR-11)."""

from datetime import datetime, timedelta
from typing import Generic, TypeVar

from shared.clock import Clock

K = TypeVar("K")
V = TypeVar("V")


class TtlCache(Generic[K, V]):
    """Keeps an answer `ttl_s` seconds, at most `entries_max` of them: the oldest goes first."""

    def __init__(self, clock: Clock, ttl_s: int, entries_max: int = 1000) -> None:
        self._clock = clock
        self._ttl = timedelta(seconds=ttl_s)
        self._entries_max = entries_max
        self._kept: dict[K, tuple[datetime, V]] = {}

    def get(self, key: K) -> V | None:
        if key not in self._kept:
            return None
        kept_at, value = self._kept[key]
        if self._clock.now() - kept_at < self._ttl:
            return value
        del self._kept[key]
        return None

    def put(self, key: K, value: V) -> None:
        self._kept.pop(key, None)
        if len(self._kept) >= self._entries_max:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (self._clock.now(), value)
