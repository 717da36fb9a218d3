"""Restaurants around a point, inside a box, changed since a moment (QP-03, QP-07, QP-14)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from qr_partners.cells import rings
from qr_partners.model import Restaurant
from qr_partners.model.geo import Box, distance_m
from qr_partners.model.places import ONLINE, Near, Neighbour, Place, Step
from qr_partners.ports import PlaceStore
from shared.clock import Clock
from shared.errors import Refused

PAGE: Final = 100
BOX_RADIUS_MAX_M: Final = 50_000
# Longer than a function runs, its clock errs and an index lags, together: see decision 0020.
OVERLAP: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Places:
    store: PlaceStore
    clock: Clock

    def near(self, wanted: Near) -> list[Neighbour]:
        """The nearest that fit, at most `wanted.limit` of them, nearest first."""
        found = islice(self._by_distance(wanted), wanted.limit)
        return sorted(found, key=lambda neighbour: neighbour.distance_m)

    def _by_distance(self, wanted: Near) -> Iterator[Neighbour]:
        waiting: list[tuple[float, str]] = []
        for ring in rings(wanted.point, wanted.radius_m):
            spots = (spot for cell in ring.cells for spot in self.store.in_cell(cell))
            waiting += [(distance_m(wanted.point, spot.point), spot.partner_id) for spot in spots]
            waiting.sort()
            sure_m = min(ring.sure_m, wanted.radius_m)
            sure = [spot for spot in waiting if spot[0] <= sure_m]
            waiting = waiting[len(sure) :]
            yield from self._that_fit(sure, wanted)

    def _that_fit(self, sure: Sequence[tuple[float, str]], wanted: Near) -> Iterator[Neighbour]:
        """Read by portions: what is left over when enough is found is not read."""
        for start in range(0, len(sure), wanted.limit):
            part = [partner_id for _, partner_id in sure[start : start + wanted.limit]]
            for place in self.places(part):
                # Where it is now: the index may be behind.
                away = distance_m(wanted.point, place.restaurant.partner.profile.point)
                if wanted.fits(place) and away <= wanted.radius_m:
                    yield Neighbour(place, away)

    def within(self, box: Box, after: str) -> tuple[list[Place], str | None]:
        """A page of the enabled restaurants in `box`, by id, and the id after which to go on.

        Raises Refused bbox_too_large.
        """
        if box.radius_m > BOX_RADIUS_MAX_M:
            raise Refused("bbox_too_large", radius_max_m=BOX_RADIUS_MAX_M)
        spots = (
            spot
            for ring in rings(box.centre, box.radius_m)
            for cell in ring.cells
            for spot in self.store.in_cell(cell)
        )
        found = sorted(s.partner_id for s in spots if s.partner_id > after and box.holds(s.point))
        page = self.places(found[:PAGE])
        return [place for place in page if place.restaurant.enabled], _more(found)

    def walk(self, since: datetime | None) -> Step:
        """The beginning of a walk through what has changed since `since`, or through all."""
        mark = "" if since is None else self.store.mark_of(since)
        return Step(self.clock.now(), mark)

    def changed(self, step: Step) -> tuple[list[Place], Step | None]:
        """A page of what changed, oldest change first, disabled ones too, and the next step.

        An object may come twice, and never not at all: the next walk begins `synced_to` this one.
        """
        marks = self.store.changed(step.mark or "0", PAGE)
        places = self.places([mark.partition("#")[2] for mark in marks])
        more = _more(marks)
        return places, None if more is None else Step(step.began, more)

    def synced_to(self, step: Step) -> datetime:
        return step.began - OVERLAP

    def places(self, partner_ids: Sequence[str]) -> list[Place]:
        """Those of them that exist, as they are now."""
        partners = self.store.some(partner_ids)
        groups = self.store.groups([partner.group_id for partner in partners])
        seen = self.store.seen([*groups, *(partner.partner_id for partner in partners)])
        now = self.clock.now()
        online = {scope_id for scope_id, moment in seen.items() if now - moment < ONLINE}
        found = (Restaurant(each, groups[each.group_id]) for each in partners)
        return [
            Place(
                restaurant,
                open=restaurant.open_at(now),
                pos_online=not online.isdisjoint(
                    (restaurant.group.group_id, restaurant.partner.partner_id)
                ),
            )
            for restaurant in found
        ]


def _more(found: Sequence[str]) -> str | None:
    return found[PAGE - 1] if len(found) >= PAGE else None
