"""The clock of every test: it stands still until it is told to move, exact to the millisecond."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_START: Final = datetime(2026, 1, 2, 10, tzinfo=UTC)


class FakeClock:
    """A clock of whole milliseconds, shared by threads."""

    def __init__(self, start: datetime = _START) -> None:
        self._lock = threading.Lock()
        self._milliseconds = _whole_milliseconds(start)

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return _EPOCH + timedelta(milliseconds=self._milliseconds)

    def milliseconds(self) -> int:
        """The moment as milliseconds since 1970."""
        return self._milliseconds

    def advance(self, seconds: float) -> None:
        """Moves on by `seconds`, rounded to the millisecond; ValueError when backwards."""
        if seconds < 0:
            raise ValueError(f"a clock does not go back: {seconds}")
        with self._lock:
            self._milliseconds += round(seconds * 1000)

    def set(self, moment: datetime) -> None:
        """Jumps to `moment`, backwards too: for the next case of an enumeration."""
        with self._lock:
            self._milliseconds = _whole_milliseconds(moment)


def _whole_milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
