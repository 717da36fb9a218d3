"""An operator switches a restaurant or a group off, and on again: nothing else of it changes."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from qr_partners.model import Group, Partner
from qr_partners.model.changes import Actor, Changes
from qr_partners.ports import AmendingStore
from qr_partners.use_cases.updating import Updating
from shared.errors import NotFound
from shared.wire import Wire

Text = Annotated[str, Field(min_length=1, max_length=200)]


class SwitchPartner(Wire):
    """One of the two. Nothing is changed unless `dry_run` is false."""

    partner_id: Text | None = None
    group_id: Text | None = None
    enabled: bool = False
    operator: Text
    reason: Text
    dry_run: bool = True

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        if (self.partner_id is None) == (self.group_id is None):
            raise ValueError("give partner_id or group_id")
        return self

    @property
    def actor(self) -> Actor:
        return Actor(self.operator, self.reason, "by hand")


@dataclass(frozen=True, slots=True)
class Switching:
    store: AmendingStore
    updating: Updating

    def run(self, wish: SwitchPartner) -> dict[str, Any]:
        """{dry_run, partner_id|group_id, enabled, rev} as it is then. Keys of a group that is off,
        and orders of a restaurant that is off, are refused within a minute; what is paid goes on.

        Raises NotFound; Conflict stale_rev when somebody else was quicker.
        """
        found = self._group(wish) if wish.group_id is not None else self._partner(wish)
        return {"dry_run": wish.dry_run, **found}

    def _partner(self, wish: SwitchPartner) -> dict[str, Any]:
        partner_id = wish.partner_id or ""
        partner = self.store.partner(partner_id)
        if partner is None:
            raise NotFound("partner_not_found")
        if not wish.dry_run:
            after = self.updating.partner(
                partner_id, partner.rev, lambda one: _switched(one, wish.enabled), wish.actor
            )
            partner = after.partner
        return {"partner_id": partner_id, "enabled": partner.enabled, "rev": partner.rev}

    def _group(self, wish: SwitchPartner) -> dict[str, Any]:
        group_id = wish.group_id or ""
        group = self.store.group(group_id)
        if group is None:
            raise NotFound("group_not_found")
        if not wish.dry_run:
            group = self.updating.group(
                group_id, group.rev, lambda one: _group_switched(one, wish.enabled), wish.actor
            )
        return {"group_id": group_id, "enabled": group.enabled, "rev": group.rev}


def _switched(partner: Partner, enabled: bool) -> tuple[Partner, Changes]:
    return replace(partner, enabled=enabled), _changes(partner.enabled, enabled)


def _group_switched(group: Group, enabled: bool) -> tuple[Group, Changes]:
    return replace(group, enabled=enabled), _changes(group.enabled, enabled)


def _changes(before: bool, after: bool) -> Changes:
    return {} if before == after else {"enabled": [before, after]}
