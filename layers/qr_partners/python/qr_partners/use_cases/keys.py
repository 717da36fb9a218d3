"""API keys of groups: issued, shown once, revoked, recognised (QP-01, QP-12, QP-13)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from qr_partners.model import ApiKey, Environment, Grant, Group, Restaurant
from qr_partners.model.changes import US, Actor, Mark, NewKey, Opening
from qr_partners.ports import KeyUsed, PartnerStore, Taken, Tills
from qr_partners.use_cases.entries import conflict, entry, existing, made_before
from shared import keys, logs
from shared.cache import TtlCache
from shared.clock import Clock
from shared.errors import Conflict, NotAuthorized, NotFound, Refused, Unavailable
from shared.keys import Peppers
from shared.secret import Secret

_REFUSAL_KEPT_S: Final = 5
_TOUCH_EVERY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """`peppers` is read at each use, so that it may rotate."""

    store: PartnerStore
    clock: Clock
    peppers: Callable[[], Peppers]
    tills: Tills

    def issue_key(
        self,
        group_id: str,
        environment: Environment,
        partner_ids: tuple[str, ...] | None = None,
        expires_at: datetime | None = None,
    ) -> tuple[Secret, ApiKey]:
        """As issue, for ourselves."""
        return self.issue(group_id, NewKey(environment, partner_ids, expires_at), US)

    def issue_once(
        self, group_id: str, wanted: NewKey, by: Actor, request: Mark
    ) -> tuple[Secret | None, ApiKey]:
        """As issue. A repeat gives the key without its text: nobody can show that again (L2).

        Raises Refused idempotency_mismatch too.
        """
        known = made_before(self.store, request)
        if known is not None:
            return None, self._key(known)
        return self.issue(group_id, wanted, by, request)

    def issue(
        self, group_id: str, wanted: NewKey, by: Actor, request: Mark | None = None
    ) -> tuple[Secret, ApiKey]:
        """The key's text, to be shown once, and what was kept of it.

        Raises NotFound group_not_found, partner_not_found, key_not_found; Refused bad_expiry;
        Conflict key_in_use, request_in_progress.
        """
        group = existing(self.store.group(group_id))
        text, key = self.new_key(group, wanted)
        key_id, replaced = key.stored.key_id, self._replaceable(group, wanted.replaces)
        objects = (key_id,) if replaced is None else (key_id, replaced)
        made = entry(group, "key_issued", objects, by, key.created_at)
        mark = request and replace(request, owner=key_id)
        opening = Opening(group, made, key=key, replaced_key_id=replaced, request=mark)
        try:
            self.store.open(opening)
        except Taken as problem:
            raise conflict(problem) from None
        except KeyUsed:
            raise Conflict("key_in_use") from None
        return text, key

    def new_key(self, group: Group, wanted: NewKey) -> tuple[Secret, ApiKey]:
        """A key that is not kept yet. Raises NotFound partner_not_found, Refused bad_expiry."""
        now, partner_ids = self.clock.now(), wanted.partner_ids
        if partner_ids is not None and not set(partner_ids) <= set(group.partner_ids):
            raise NotFound("partner_not_found")
        if wanted.expires_at is not None and wanted.expires_at <= now:
            raise Refused("bad_expiry")
        text, stored = keys.issue(wanted.environment.key_prefix, self.peppers())
        key = ApiKey(stored, group.group_id, wanted.environment, now, partner_ids)
        return text, replace(key, expires_at=wanted.expires_at)

    def _replaceable(self, group: Group, key_id: str | None) -> str | None:
        """A key whose text got lost on its way, to be revoked with the issue of another (L1)."""
        if key_id is None:
            return None
        key = self._key(key_id)
        if key.group_id != group.group_id:
            raise NotFound("key_not_found")
        if key.last_used_at is not None:
            raise Conflict("key_in_use")
        return None if key.revoked_at is not None else key_id

    def revoke(self, key_id: str, by: Actor) -> ApiKey:
        """The key with the moment of its first revocation. Raises NotFound key_not_found.

        Gateways that know the key let it in for up to 60 s more (decision 13).
        """
        key = self._key(key_id)
        if key.revoked_at is not None:
            return key
        group = existing(self.store.group(key.group_id))
        done = entry(group, "key_revoked", (key_id,), by, self.clock.now())
        self.store.revoke(key_id, done)
        return self._key(key_id)

    def list_keys(self, group_id: str, after: str | None, limit: int) -> list[ApiKey]:
        """Raises NotFound group_not_found."""
        return self.store.keys(existing(self.store.group(group_id)).group_id, after, limit)

    def _key(self, key_id: str) -> ApiKey:
        key = self.store.key(key_id)
        if key is None:
            raise NotFound("key_not_found")
        return key

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
        scope = key.covered(group)
        return Grant(key.stored.key_id, group, scope, key.environment, key.last_used_at)

    def note_use(self, grant: Grant) -> None:
        """Keeps last_used_at and who is at a till right to within minutes (QP-12, QP-14).

        Never raises: it lets nobody in or out.
        """
        now, known = self.clock.now(), grant.last_used_at
        if known is not None and now - known < _TOUCH_EVERY:
            return
        try:
            self.tills.note(grant.scopes, now)
            self.store.touch(grant.key_id, now)
        except Unavailable as problem:
            logs.error("key_use_not_noted", problem, key_id=grant.key_id)

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
