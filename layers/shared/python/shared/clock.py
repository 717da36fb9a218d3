"""Time as an argument (R15): code takes a Clock, wiring gives the system's, tests their own."""

from datetime import UTC, datetime, timedelta
from typing import Final, Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The moment, aware, UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


SYSTEM: Final = SystemClock()


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970, the form in which moments are stored and compared."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def from_ms(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def to_iso(moment: datetime) -> str:
    """The wire form: "2026-11-20T12:03:00.000Z"."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
