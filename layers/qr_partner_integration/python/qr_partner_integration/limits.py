"""How often a till may call (QI-08, decision 14). No heavy import: the polled path loads it.

Polls: a token bucket a key in this process, best effort, because each process has its own.
New orders: a durable count a restaurant and minute, the same for all processes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qr_partner_integration.ports import OrderCounter
from shared import logs, metrics
from shared.clock import Clock, to_ms
from shared.errors import TooManyRequests, Unavailable

_MINUTE_S: Final = 60
# A call costs this much of a bucket, which a rate of n a second refills by n a millisecond.
_CALL: Final = 1000
_BUCKETS_MAX: Final = 2000


class CallLimit:
    """`burst` calls at once and `rate_per_s` in the long run, by key id."""

    def __init__(self, clock: Clock, rate_per_s: int, burst: int) -> None:
        self._clock = clock
        self._rate_per_s = rate_per_s
        self._room = burst * _CALL
        self._buckets: dict[str, tuple[int, int]] = {}

    def take(self, key_id: str) -> None:
        """Raises TooManyRequests rate_limited; a refused call costs nothing."""
        now_ms = to_ms(self._clock.now())
        left, at_ms = self._buckets.pop(key_id, (self._room, now_ms))
        left = min(self._room, left + max(0, now_ms - at_ms) * self._rate_per_s)
        allowed = left >= _CALL
        if len(self._buckets) >= _BUCKETS_MAX:
            # The one that called least lately: by now it is as good as full.
            del self._buckets[next(iter(self._buckets))]
        self._buckets[key_id] = (left - _CALL if allowed else left, now_ms)
        if not allowed:
            # At one call a second, the lowest rate there is, a whole second is enough.
            raise TooManyRequests("rate_limited", retry_after_sec=1)


@dataclass(frozen=True, slots=True)
class NewOrderLimit:
    """At most `per_minute` calls that open an order, by restaurant and calendar minute."""

    counter: OrderCounter
    clock: Clock
    per_minute: int

    def take(self, partner_id: str) -> None:
        """Raises TooManyRequests rate_limited.

        Storage in trouble lets the order through and counts that: a limit stops no payment.
        """
        now = self.clock.now()
        minute = now.replace(second=0, microsecond=0)
        try:
            counted = self.counter.count(partner_id, minute, self.per_minute)
        except Unavailable as problem:
            logs.error("limit_not_counted", problem, partner_id=partner_id)
            metrics.count("LimitNotCounted")
            return
        if not counted:
            wait_s = _MINUTE_S - _seconds(minute, now)
            raise TooManyRequests("rate_limited", retry_after_sec=wait_s)


def _seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())
