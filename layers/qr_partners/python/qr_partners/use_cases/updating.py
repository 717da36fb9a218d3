"""A change of a restaurant or of a group, against the revision that its author saw (QP-05)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from qr_partners.model import Group, Partner, Restaurant
from qr_partners.model.changes import Actor, Amendment, Changes, Mark
from qr_partners.ports import AmendingStore, Moved, Taken
from qr_partners.use_cases.entries import conflict, entry, existing
from qr_partners.use_cases.partners import check_terms, check_timezone
from shared.clock import Clock
from shared.errors import Conflict, NotFound, Refused, Unavailable

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class Updating:
    """An edit gives the object as wished and what changed; an edit of nothing writes nothing.

    A change of a group is a change of each of its restaurants: their revisions grow with it.
    """

    store: AmendingStore
    clock: Clock

    def partner(
        self,
        partner_id: str,
        rev: int,
        edit: Callable[[Partner], tuple[Partner, Changes]],
        by: Actor,
    ) -> Restaurant:
        """Raises NotFound partner_not_found; Conflict stale_rev, address_taken; Refused bad_terms,
        bad_timezone; and what `edit` raises.
        """
        before = self._restaurant(partner_id)
        _require_rev(rev, before.partner.rev)
        edited, changes = edit(before.partner)
        if not changes:
            return before
        now = self.clock.now()
        after = replace(before, partner=replace(edited, rev=rev + 1, updated_at=now))
        check_timezone(edited.profile.timezone)
        check_terms(after.terms)
        made = entry(before.group, "partner_updated", (partner_id,), by, now)
        amendment = Amendment(replace(made, changes=changes), (after.partner,))
        try:
            self.store.amend(_with_address(amendment, before, after))
        except Taken as problem:
            raise conflict(problem) from None
        except Moved:
            raise Conflict("stale_rev", rev=self._restaurant(partner_id).partner.rev) from None
        return after

    def group(
        self, group_id: str, rev: int, edit: Callable[[Group], tuple[Group, Changes]], by: Actor
    ) -> Group:
        """Raises NotFound group_not_found; Conflict stale_rev; Refused bad_terms, inn_fixed; and
        what `edit` raises.
        """
        for _ in range(_ATTEMPTS):
            before = existing(self.store.group(group_id))
            _require_rev(rev, before.rev)
            edited, changes = edit(before)
            if not changes:
                return before
            amendment = self._of_group(before, edited, changes, by)
            try:
                self.store.amend(amendment)
            except Moved:
                continue  # the group or one of its restaurants
            return amendment.group or before
        raise Unavailable("contention")

    def _of_group(self, before: Group, edited: Group, changes: Changes, by: Actor) -> Amendment:
        if edited.terms.inn != before.terms.inn:
            # Another legal entity is another group: its keys and contracts are not these.
            raise Refused("inn_fixed")
        now = self.clock.now()
        after = replace(edited, rev=before.rev + 1, updated_at=now)
        check_terms(after.terms)
        members = self.store.partners(before.partner_ids)
        for partner in members:
            check_terms(Restaurant(partner, after).terms)
        made = entry(before, "group_updated", (), by, now)
        touched = tuple(replace(each, rev=each.rev + 1, updated_at=now) for each in members)
        return Amendment(replace(made, changes=changes), touched, group=after)

    def _restaurant(self, partner_id: str) -> Restaurant:
        partner = self.store.partner(partner_id)
        if partner is None:
            raise NotFound("partner_not_found")
        return Restaurant(partner, existing(self.store.group(partner.group_id)))


def _require_rev(asked: int, rev: int) -> None:
    if asked != rev:
        raise Conflict("stale_rev", rev=rev)


def _with_address(amendment: Amendment, before: Restaurant, after: Restaurant) -> Amendment:
    old, new = before.address_name, after.address_name
    if old == new:
        return amendment
    owner = before.partner.partner_id
    return replace(amendment, freed=Mark(old, owner), taken=Mark(new, owner))
