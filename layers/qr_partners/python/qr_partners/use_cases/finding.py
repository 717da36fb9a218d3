"""Restaurants by what the back office knows of them (QP-06), and all of them for an export."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from qr_partners.model import Restaurant, normal
from qr_partners.ports import PlaceStore

# Rows that one call reads at most: about 2 MB, half a second.
_READ_MAX: Final = 2000
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Criteria:
    """All that are given must hold. `address` and `name` by the beginnings of their words."""

    address: str | None = None
    name: str | None = None
    inn: str | None = None
    group_id: str | None = None
    external_id: str | None = None
    enabled: bool | None = None

    def fit(self, restaurant: Restaurant) -> bool:
        profile = restaurant.partner.profile
        return (
            self.group_id in (None, restaurant.group.group_id)
            and self.external_id in (None, profile.external_id)
            and self.inn in (None, restaurant.terms.inn)
            and self.enabled in (None, restaurant.enabled)
            and _begin(self.address, profile.address.normal)
            and _begin(self.name, normal(profile.name))
        )


@dataclass(frozen=True, slots=True)
class Finding:
    store: PlaceStore

    def find(
        self, wanted: Criteria, after: str | None, limit: int
    ) -> tuple[list[Restaurant], str | None]:
        """Some of them, in the table's own order, and where to go on; None at the end.

        A page may be empty although more follow: a call reads a bounded number of rows.
        """
        found: list[Restaurant] = []
        for _ in range(_READ_MAX // _PAGE):
            page, more = self._page(after, _PAGE)
            for restaurant in page:
                after = restaurant.partner.partner_id
                if wanted.fit(restaurant):
                    found.append(restaurant)
                if len(found) == limit:
                    return found, after
            if more is None:
                return found, None
        return found, after

    def everything(self) -> Iterator[Restaurant]:
        after: str | None = None
        while True:
            page, after = self._page(after, _PAGE)
            yield from page
            if after is None:
                return

    def _page(self, after: str | None, limit: int) -> tuple[list[Restaurant], str | None]:
        partners, more = self.store.page(after, limit)
        groups = self.store.groups([partner.group_id for partner in partners])
        return [Restaurant(each, groups[each.group_id]) for each in partners], more


def _begin(wanted: str | None, text: str) -> bool:
    """Whether each word of `wanted` begins a word of `text`, which is normal."""
    words = re.findall(r"\w+", text)
    wishes = re.findall(r"\w+", normal(wanted or ""))
    return all(any(word.startswith(wish) for word in words) for wish in wishes)
