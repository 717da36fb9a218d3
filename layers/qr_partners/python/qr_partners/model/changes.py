"""What is wished for, what comes into being together, and who did it (QP-04, QP-12)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from qr_partners.model import ApiKey, Environment, Group, Overrides, Profile, Restaurant, Terms


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that is wished for. `replaces` is the id of one that never reached its till (L1)."""

    environment: Environment
    partner_ids: tuple[str, ...] | None = None
    expires_at: datetime | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class NewRestaurant:
    """A restaurant that is wished for: in the group `group_id`, or with a new one."""

    profile: Profile
    overrides: Overrides
    environment: Environment
    group_id: str | None = None
    group_name: str = ""
    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something: `operator` by their own word, `caller` as IAM proved it."""

    operator: str
    reason: str | None = None
    caller: str | None = None


US: Final = Actor("system")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the audit: what was done to which objects of a group, by whom, when."""

    entry_id: str
    group_id: str
    action: str
    objects: tuple[str, ...]
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """A name that can be used once, and whose it became.

    `content` tells the request behind an Idempotency-Key from another one (decision 18).
    """

    name: str
    owner: str = ""
    content: str = ""


class Claim(StrEnum):
    """What of an opening may not be there yet."""

    REQUEST = "request"
    EXTERNAL_ID = "external_id"
    ADDRESS = "address"


def legacy_name(old_id: str) -> str:
    """The mark of a group that came from the old configs."""
    return f"legacy_group#{old_id}"


def external_name(group_id: str, external_id: str) -> str:
    return f"external_id#{group_id}#{external_id}"


@dataclass(frozen=True, slots=True)
class Opening:
    """What comes into being in one commit; `group` is as it was read, or new."""

    group: Group
    entry: Entry
    new_group: bool = False
    restaurant: Restaurant | None = None
    key: ApiKey | None = None
    replaced_key_id: str | None = None
    request: Mark | None = None

    def claims(self) -> list[tuple[Claim, Mark]]:
        """The names that it takes; of several that are taken the first is told."""
        found = [] if self.request is None else [(Claim.REQUEST, self.request)]
        if self.restaurant is not None:
            partner, inn = self.restaurant.partner, self.restaurant.terms.inn
            external = external_name(partner.group_id, partner.profile.external_id)
            address = f"address#{inn}#{partner.profile.address.normal}"
            found.append((Claim.EXTERNAL_ID, Mark(external, partner.partner_id)))
            found.append((Claim.ADDRESS, Mark(address, partner.partner_id)))
        return found

    def listing(self) -> Group:
        """The group with the new restaurant in its list."""
        if self.restaurant is None:
            return self.group
        partner_ids = (*self.group.partner_ids, self.restaurant.partner.partner_id)
        return replace(self.group, partner_ids=partner_ids)
