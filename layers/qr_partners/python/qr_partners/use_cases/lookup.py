"""Restaurants, groups and keys by whatever id somebody has of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qr_partners.model import ApiKey, Group, Partner
from qr_partners.model.changes import external_name
from qr_partners.ports import PartnerStore
from shared.clock import to_iso
from shared.finding import Found


@dataclass(frozen=True, slots=True)
class Lookup:
    store: PartnerStore

    def restaurants(self, text: str) -> Iterator[Found]:
        """By partner id, or <group>#<its own id>."""
        group_id, _, external_id = text.partition("#")
        mark = self.store.mark(external_name(group_id, external_id)) if external_id else None
        partner = self.store.partner(text if mark is None else mark.owner)
        if partner is not None:
            yield Found("restaurant", partner.partner_id, _of_partner(partner))

    def groups(self, text: str) -> Iterator[Found]:
        group = self.store.group(text)
        if group is not None:
            yield Found("group", text, _of_group(group))

    def keys(self, text: str) -> Iterator[Found]:
        """By the key's id, the middle one of its three parts; never by its text."""
        key = self.store.key(text)
        if key is not None:
            yield Found("api_key", text, _of_key(key))


def _of_partner(partner: Partner) -> dict[str, Any]:
    return {
        **{"group_id": partner.group_id, "external_id": partner.profile.external_id},
        **{"enabled": partner.enabled, "rev": partner.rev},
        "updated_at": to_iso(partner.updated_at),
    }


def _of_group(group: Group) -> dict[str, Any]:
    return {
        **{"partner_ids": list(group.partner_ids), "enabled": group.enabled, "rev": group.rev},
        "updated_at": to_iso(group.updated_at),
    }


def _of_key(key: ApiKey) -> dict[str, Any]:
    moments = {
        **{"created_at": key.created_at, "expires_at": key.expires_at},
        **{"revoked_at": key.revoked_at, "last_used_at": key.last_used_at},
    }
    return {
        **{"group_id": key.group_id, "environment": key.environment.value},
        "partner_ids": list(key.partner_ids or ()),
        "pepper": key.stored.pepper_id,
        **{name: to_iso(moment) if moment else "" for name, moment in moments.items()},
    }
