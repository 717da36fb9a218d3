"""Looking for orders by what an operator knows of them (QO-10, decision 0016). Never a scan.

What is given                      is served by                       and filtered by
partner_id + external_order_id     the claim of that name             everything else
user_id                            the index by_user                  everything else
partner_id                         the index by_partner               everything else
group_id                           the index by_group                 everything else
a range of dates, 31 days or less  the index by_day, its four shards  everything else
The first line that applies is taken; with an index, a range of dates is part of the key. Anything
less is refused by what it lacks.
"""

import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from hashlib import sha256
from heapq import merge
from typing import Final, Protocol, Self

from qr_orders.model import DAY_SHARDS, Order, Partner, Payment, day_shard
from qr_orders.use_cases.admin import Reader
from qr_orders.use_cases.history import Position
from shared import logs
from shared.clock import Clock, to_ms
from shared.errors import Refused

DAYS_MAX: Final = 31
_ROUNDS_MAX: Final = 10
_END_MS: Final = 10**14
_MARK_LENGTH: Final = 16
_STOP: Final = re.compile(r"([0-9]{1,14})/([A-Za-z0-9._:-]{1,64})|", re.ASCII)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What an order must be; empty says nothing.

    Moments are UTC and `until` is exclusive; sums are minor units.
    """

    partner_id: str = ""
    group_id: str = ""
    user_id: str = ""
    external_order_id: str = ""
    payment: tuple[Payment, ...] = ()
    partner: tuple[Partner, ...] = ()
    currency: str = ""
    least: int | None = None
    most: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def given(self) -> list[str]:
        """Names of what was asked for: enough for a log line, and nobody's data."""
        return [
            each.name for each in fields(self) if getattr(self, each.name) not in ("", (), None)
        ]

    def fit(self, order: Order) -> bool:
        names = ("partner_id", "group_id", "user_id", "external_order_id")
        total, at = order.total, order.created_at
        return (
            all(getattr(self, name) in ("", getattr(order, name)) for name in names)
            and (not self.payment or order.payment in self.payment)
            and (not self.partner or order.partner in self.partner)
            and self.currency in ("", total.currency)
            and (self.least is None or self.least <= total.minor)
            and (self.most is None or total.minor <= self.most)
            and (self.since is None or self.since <= at)
            and (self.until is None or at < self.until)
        )

    def span(self) -> tuple[int, int]:
        """First and last millisecond of creation."""
        since = 0 if self.since is None else to_ms(self.since)
        return since, _END_MS if self.until is None else to_ms(self.until) - 1


@dataclass(frozen=True, slots=True)
class Stream:
    """One partition of an index, newest first."""

    index: str
    key: str


# What is walked one after the other; the streams of one section are walked side by side.
Sections = Sequence[Sequence[Stream]]


@dataclass(frozen=True, slots=True)
class Place:
    """How far a walk has come: what was seen last of each stream of the section it is in."""

    section: int
    seen: tuple[Position | None, ...]

    def cursor(self, criteria: Criteria) -> str:
        """Opaque, and marked with the query that it cuts. The mark needs no key: whatever a
        cursor says, only orders that fit the query are shown.
        """
        stops = ["" if it is None else f"{it.created_at}/{it.order_id}" for it in self.seen]
        text = "|".join([str(self.section), *stops])
        mark = sha256(f"{criteria}\n{text}".encode()).hexdigest()[:_MARK_LENGTH]
        return urlsafe_b64encode(f"{mark}|{text}".encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, cursor: str, criteria: Criteria, sections: Sections) -> Self:
        """Back from what cursor() wrote for this query. Raises Refused cursor_invalid."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            _mark, section, *stops = b64decode(padded, b"-_", validate=True).decode().split("|")
            found = cls(int(section), tuple(_position(stop) for stop in stops))
            sound = found.cursor(criteria) == cursor
            if sound and len(sections[found.section]) == len(found.seen):
                return found
        except (ValueError, IndexError):
            pass
        raise Refused("cursor_invalid")


class Shelves(Protocol):
    """Stored orders as operators look for them."""

    def named(self, partner_id: str, external_order_id: str) -> str | None:
        """The id of the order that a restaurant calls so."""
        ...

    def places(
        self, stream: Stream, span: tuple[int, int], after: Position | None, most: int
    ) -> Sequence[Position]:
        """Candidates created within `span`, newest first; an index may be late."""
        ...

    def orders(self, order_ids: Sequence[str]) -> Sequence[Order]:
        """As they are now, in no order."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """Newest first. `cursor` leads on; None when there is nothing more."""

    orders: Sequence[Order]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Search:
    shelves: Shelves
    clock: Clock

    def find(self, criteria: Criteria, reader: Reader, limit: int, cursor: str | None) -> Found:
        """At most `limit` orders. A page that had to pass many others is short, or even empty,
        and has a cursor all the same.

        Raises Refused: criteria_incomplete (details.missing), range_empty, range_too_long,
        cursor_invalid.
        """
        _require_ranges(criteria)
        by = ",".join(criteria.given())
        logs.info("admin_find", by=by, operator=reader.operator, caller=reader.caller)
        if criteria.external_order_id:
            return self._named(criteria, cursor)
        sections = sections_of(criteria)
        place: Place | None = _start(sections, 0)
        if cursor is not None:
            place = Place.parse(cursor, criteria, sections)
        found: list[Order] = []
        for _ in range(_ROUNDS_MAX):
            if place is None or len(found) == limit:
                break
            place = self._go_on(criteria, sections, place, found, limit)
        return Found(found, None if place is None else place.cursor(criteria))

    def _named(self, criteria: Criteria, cursor: str | None) -> Found:
        if not criteria.partner_id:
            raise _incomplete("partner_id")
        if cursor is not None:
            raise Refused("cursor_invalid")
        order_id = self.shelves.named(criteria.partner_id, criteria.external_order_id)
        known = [] if order_id is None else self.shelves.orders([order_id])
        return Found([order for order in known if criteria.fit(order)], None)

    def _go_on(
        self, criteria: Criteria, sections: Sections, place: Place, found: list[Order], limit: int
    ) -> Place | None:
        """Adds what fits of the next candidates to `found`; where to go on, None at the end."""
        candidates = self._candidates(sections[place.section], criteria, place, limit)
        order_ids = [position.order_id for position, _ in candidates[:limit]]
        known = {order.order_id: order for order in self.shelves.orders(order_ids)}
        seen = list(place.seen)
        for count, (position, stream) in enumerate(candidates):
            if count == limit or len(found) == limit:
                return Place(place.section, tuple(seen))
            seen[stream] = position
            order = known.get(position.order_id)
            if order is not None and criteria.fit(order):
                found.append(order)
        return _start(sections, place.section + 1)

    def _candidates(
        self, streams: Sequence[Stream], criteria: Criteria, place: Place, limit: int
    ) -> list[tuple[Position, int]]:
        """The next of all streams together, newest first, each with its stream's number.

        One more than `limit` of each, so that the last page knows that it is the last.
        """
        span = criteria.span()
        parts = [
            [(it, number) for it in self.shelves.places(stream, span, seen, limit + 1)]
            for number, (stream, seen) in enumerate(zip(streams, place.seen, strict=True))
        ]
        return list(merge(*parts, key=lambda pair: -pair[0].created_at))


def sections_of(criteria: Criteria) -> Sections:
    """Which partitions have the orders. Raises Refused: criteria_incomplete, range_too_long."""
    for index, key in (
        ("by_user", criteria.user_id),
        ("by_partner", criteria.partner_id),
        ("by_group", criteria.group_id),
    ):
        if key:
            return [[Stream(index, key)]]
    if criteria.since is None or criteria.until is None:
        given = criteria.given()
        raise _incomplete(*(name for name in ("since", "until") if name not in given))
    if criteria.until - criteria.since > timedelta(days=DAYS_MAX):
        raise Refused("range_too_long", max_days=DAYS_MAX)
    last = criteria.until - timedelta(milliseconds=1)
    days = (last.date() - criteria.since.date()).days + 1
    return [_day(last - timedelta(days=number)) for number in range(days)]


def _day(moment: datetime) -> list[Stream]:
    return [Stream("by_day", day_shard(moment, shard)) for shard in range(DAY_SHARDS)]


def _start(sections: Sections, number: int) -> Place | None:
    if number == len(sections):
        return None
    return Place(number, (None,) * len(sections[number]))


def _require_ranges(criteria: Criteria) -> None:
    sums, dates = (criteria.least, criteria.most), (criteria.since, criteria.until)
    if None not in sums and sums[0] > sums[1]:  # type: ignore[operator]
        raise Refused("range_empty", fields=["sum_from", "sum_to"])
    if None not in dates and dates[0] >= dates[1]:  # type: ignore[operator]
        raise Refused("range_empty", fields=["created_from", "created_to"])


def _incomplete(*missing: str) -> Refused:
    """Names as they are on the wire."""
    wire = {"since": "created_from", "until": "created_to"}
    return Refused("criteria_incomplete", missing=[wire.get(name, name) for name in missing])


def _position(stop: str) -> Position | None:
    match = _STOP.fullmatch(stop)
    if match is None:
        raise ValueError("not a place")
    return Position(int(match[1]), match[2]) if stop else None
