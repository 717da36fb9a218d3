"""Opening hours of a restaurant, on its own clock (QP-14)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Self

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MIN: Final = 24 * 60
_SPAN: Final = re.compile(
    r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """ "10:00-02:00" texts by day of the week; a date of its own, a holiday, goes before its day.

    {"mon": ("10:00-23:00",), "fri": ("10:00-02:00",), "2026-12-31": ()}: a day that is not there is
    a day off, a span that ends no later than it begins ends tomorrow.
    """

    days: dict[str, tuple[str, ...]]

    @classmethod
    def parse(cls, days: Mapping[str, Sequence[str]]) -> Self:
        """Raises ValueError."""
        for day, spans in days.items():
            if day not in DAYS and date.fromisoformat(day).isoformat() != day:
                raise ValueError("not a day")
            for span in spans:
                _minutes(span)
        return cls({day: tuple(spans) for day, spans in days.items()})

    def open_at(self, local: datetime) -> bool:
        """`local` is the moment in the restaurant's time zone."""
        minute = local.hour * 60 + local.minute
        today, yesterday = local.date(), local.date() - timedelta(days=1)
        return any(begin <= minute < end for begin, end in self._spans(today)) or any(
            begin <= minute + _DAY_MIN < end for begin, end in self._spans(yesterday)
        )

    def _spans(self, day: date) -> Iterator[tuple[int, int]]:
        usual = self.days.get(DAYS[day.weekday()], ())
        return map(_minutes, self.days.get(day.isoformat(), usual))


def _minutes(span: str) -> tuple[int, int]:
    """Minutes after the midnight that begins the day. Raises ValueError."""
    match = _SPAN.fullmatch(span)
    if match is None:
        raise ValueError("not a span of hours")
    begin = int(match[1]) * 60 + int(match[2])
    end = _DAY_MIN if match[3] is None else int(match[3]) * 60 + int(match[4])
    return begin, end if end > begin else end + _DAY_MIN
