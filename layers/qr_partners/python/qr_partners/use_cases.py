"""What qr_partners does: keeps groups and restaurants, issues keys and says whose a key is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from qr_partners.model import (
    GROUP_PARTNERS_MAX,
    NO_OVERRIDES,
    ApiKey,
    Environment,
    Grant,
    Group,
    Overrides,
    Partner,
    Profile,
    Restaurant,
    Terms,
)
from qr_partners.ports import ExternalIdTaken, GroupMoved, PartnerStore
from shared import keys
from shared.cache import TtlCache
from shared.clock import Clock
from shared.errors import Conflict, NotAuthorized, NotFound, Refused, Unavailable
from shared.ids import new_id
from shared.keys import Peppers
from shared.money import EXPONENTS
from shared.secret import Secret

_ATTEMPTS: Final = 5
_REFUSAL_KEPT_S: Final = 5
_ORDER_TTL_MAX_MIN: Final = 7 * 24 * 60
_ACTIVITY_MIN_S, _ACTIVITY_MAX_S = 30, 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Partners:
    """Groups and their restaurants (QP-02, QP-10, QP-11)."""

    store: PartnerStore
    clock: Clock

    def create_group(self, name: str, terms: Terms) -> Group:
        """Raises Refused: bad_terms."""
        _check(terms)
        now = self.clock.now()
        group = Group(f"g_{new_id(now)}", name, terms, created_at=now, updated_at=now)
        self.store.add_group(group)
        return group

    def create_partner(
        self, group_id: str, profile: Profile, overrides: Overrides = NO_OVERRIDES
    ) -> Restaurant:
        """Raises NotFound group_not_found, Conflict external_id_taken, Refused bad_terms,
        bad_timezone or group_full.
        """
        _check_timezone(profile.timezone)
        now = self.clock.now()
        partner = Partner(f"p_{new_id(now)}", group_id, profile, overrides, now, now)
        for _ in range(_ATTEMPTS):
            restaurant = Restaurant(partner, self._group_with_room(group_id))
            _check(restaurant.terms)
            try:
                self.store.add_partner(partner, restaurant.group)
            except ExternalIdTaken:
                raise Conflict("external_id_taken") from None
            except GroupMoved:
                continue
            return restaurant
        raise Unavailable("contention")

    def _group_with_room(self, group_id: str) -> Group:
        group = self.store.group(group_id)
        if group is None:
            raise NotFound("group_not_found")
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


def _check(terms: Terms) -> None:
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


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise Refused("bad_timezone") from None


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """Keys of groups (QP-01, QP-12). `peppers` is read at each use, so that it may rotate."""

    store: PartnerStore
    clock: Clock
    peppers: Callable[[], Peppers]

    def issue_key(
        self,
        group_id: str,
        environment: Environment,
        partner_ids: tuple[str, ...] | None = None,
        expires_at: datetime | None = None,
    ) -> tuple[Secret, ApiKey]:
        """The key's text, to be shown once, and what was kept of it.

        Raises NotFound: group_not_found, partner_not_found.
        """
        group = self.store.group(group_id)
        if group is None:
            raise NotFound("group_not_found")
        if partner_ids is not None and not set(partner_ids) <= set(group.partner_ids):
            raise NotFound("partner_not_found")
        text, stored = keys.issue(environment.key_prefix, self.peppers())
        now = self.clock.now()
        key = ApiKey(stored, group_id, environment, now, partner_ids, expires_at=expires_at)
        self.store.add_key(key)
        return text, key

    def grant(self, text: str) -> Grant:
        """Whose key `text` is.

        Raises NotAuthorized api_key_unknown: one refusal for an unknown, malformed, revoked and
        expired key and for a disabled group, after the same digest work.
        """
        key_id = _key_id(text)
        key = self.store.key(key_id) if key_id else None
        stored = key.stored if key else None
        genuine = keys.verify(text if key_id else "", stored, self.peppers())
        if key is None or not genuine or not key.alive(self.clock.now()):
            raise NotAuthorized("api_key_unknown")
        group = self.store.group(key.group_id)
        if group is None or not group.enabled:
            raise NotAuthorized("api_key_unknown")
        return Grant(key.stored.key_id, group, key.covered(group), key.environment)

    def restaurants(self, grant: Grant) -> list[Restaurant]:
        """The restaurants that the key covers."""
        partners = self.store.partners(grant.partner_ids)
        return [Restaurant(partner, grant.group) for partner in partners]


def _key_id(text: str) -> str | None:
    found = (keys.key_id_of(text, environment.key_prefix) for environment in Environment)
    return next((key_id for key_id in found if key_id), None)


class Grants:
    """Grants of ApiKeys, kept for seconds in this process: a till polls once a second (AR-06).

    Refusals are kept for 5 s, apart, so that a flood of wrong keys pushes out no good one. Entries
    are found by SHA-256 of the key's text; the text itself is not kept.
    """

    def __init__(self, api_keys: ApiKeys, kept_s: int) -> None:
        self._api_keys = api_keys
        self._granted: TtlCache[bytes, Grant] = TtlCache(api_keys.clock, kept_s)
        self._refused: TtlCache[bytes, bool] = TtlCache(api_keys.clock, _REFUSAL_KEPT_S)

    def of(self, text: str) -> Grant:
        """As ApiKeys.grant."""
        mark = sha256(text.encode(errors="surrogatepass")).digest()
        if self._refused.get(mark):
            raise NotAuthorized("api_key_unknown")
        grant = self._granted.get(mark)
        if grant is None:
            grant = self._decide(text, mark)
        return grant

    def _decide(self, text: str, mark: bytes) -> Grant:
        try:
            grant = self._api_keys.grant(text)
        except NotAuthorized:
            self._refused.put(mark, True)
            raise
        self._granted.put(mark, grant)
        return grant
