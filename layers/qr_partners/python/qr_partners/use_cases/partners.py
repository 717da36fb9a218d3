"""Groups and their restaurants (QP-02, QP-04, QP-10, QP-11)."""

from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from qr_partners.model import (
    GROUP_PARTNERS_MAX,
    NO_OVERRIDES,
    Group,
    Overrides,
    Partner,
    Profile,
    Restaurant,
    Terms,
)
from qr_partners.model.changes import US, Actor, Mark, Opening
from qr_partners.ports import GroupMoved, OpeningStore, Taken
from qr_partners.use_cases.entries import conflict, entry, existing
from shared.clock import Clock
from shared.errors import NotFound, Refused, Unavailable
from shared.ids import new_id
from shared.money import EXPONENTS

_ATTEMPTS: Final = 5
_ORDER_TTL_MAX_MIN: Final = 7 * 24 * 60
_ACTIVITY_MIN_S, _ACTIVITY_MAX_S = 10, 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Partners:
    """`request` is the mark to leave with what is made; Conflict request_in_progress when it is
    there already.
    """

    store: OpeningStore
    clock: Clock

    def create_group(
        self,
        name: str,
        terms: Terms,
        *,
        by: Actor = US,
        request: Mark | None = None,
        enabled: bool = True,
    ) -> Group:
        """Raises Refused: bad_terms."""
        group = replace(self.new_group(name, terms), enabled=enabled)
        made = entry(group, "group_created", (), by, group.created_at)
        mark = request and replace(request, owner=group.group_id)
        try:
            self.store.open(Opening(group, made, new_group=True, request=mark))
        except Taken as problem:
            raise conflict(problem) from None
        return group

    def new_group(self, name: str, terms: Terms) -> Group:
        """A group that is not kept yet. Raises Refused bad_terms."""
        check_terms(terms)
        now = self.clock.now()
        return Group(f"g_{new_id(now)}", name, terms, created_at=now, updated_at=now)

    def new_restaurant(
        self, group: Group, profile: Profile, overrides: Overrides = NO_OVERRIDES
    ) -> Restaurant:
        """A restaurant that is not kept yet. Raises Refused bad_terms, bad_timezone."""
        check_timezone(profile.timezone)
        now = self.clock.now()
        partner = Partner(f"p_{new_id(now)}", group.group_id, profile, overrides, now, now)
        restaurant = Restaurant(partner, group)
        check_terms(restaurant.terms)
        return restaurant

    def create_partner(
        self,
        group_id: str,
        profile: Profile,
        overrides: Overrides = NO_OVERRIDES,
        *,
        by: Actor = US,
        request: Mark | None = None,
        enabled: bool = True,
    ) -> Restaurant:
        """Raises NotFound group_not_found; Conflict external_id_taken, address_taken; Refused
        bad_terms, bad_timezone, group_full.
        """
        for _ in range(_ATTEMPTS):
            group = self._group_with_room(group_id)
            restaurant = self.new_restaurant(group, profile, overrides)
            partner = replace(restaurant.partner, enabled=enabled)
            restaurant = replace(restaurant, partner=partner)
            made = entry(group, "partner_created", (partner.partner_id,), by, partner.created_at)
            mark = request and replace(request, owner=partner.partner_id)
            try:
                self.store.open(Opening(group, made, restaurant=restaurant, request=mark))
            except Taken as problem:
                raise conflict(problem) from None
            except GroupMoved:
                continue
            return restaurant
        raise Unavailable("contention")

    def _group_with_room(self, group_id: str) -> Group:
        group = existing(self.store.group(group_id))
        if len(group.partner_ids) >= GROUP_PARTNERS_MAX:
            raise Refused("group_full", partners_max=GROUP_PARTNERS_MAX)
        return group

    def get(self, partner_id: str) -> Restaurant:
        """Raises NotFound partner_not_found."""
        partner = self.store.partner(partner_id)
        if partner is None:
            raise NotFound("partner_not_found")
        group = self.store.group(partner.group_id)
        if group is None:
            raise NotFound("partner_not_found")
        return Restaurant(partner, group)


def check_terms(terms: Terms) -> None:
    shares = (terms.commission_rate, terms.cashback.rate)
    if terms.currency not in EXPONENTS or terms.cashback.max.currency != terms.currency:
        raise Refused("bad_terms", field="currency")
    if not all(0 <= share < 1 for share in shares) or terms.cashback.max.minor < 0:
        raise Refused("bad_terms", field="rate")
    settings = terms.settings
    if not 1 <= settings.order_ttl_min <= _ORDER_TTL_MAX_MIN:
        raise Refused("bad_terms", field="order_ttl_min")
    if not _ACTIVITY_MIN_S <= settings.activity_timeout_sec <= _ACTIVITY_MAX_S:
        raise Refused("bad_terms", field="activity_timeout_sec")


def check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise Refused("bad_timezone") from None
