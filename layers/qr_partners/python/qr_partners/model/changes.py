"""What is wished for, what comes into being together, and who did it (QP-04, QP-12)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from qr_partners.model import (
    ApiKey,
    Environment,
    Group,
    Overrides,
    Partner,
    Profile,
    Restaurant,
    Terms,
)

# "address.house": [old value, new value], both as on the wire.
Changes = Mapping[str, list[Any]]


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
    """A line of the audit: what was done to which objects of a group, by whom, when.

    `changes` are old and new value of each field that an update changed.
    """

    entry_id: str
    group_id: str
    action: str
    objects: tuple[str, ...]
    actor: Actor
    at: datetime
    changes: Changes = field(default_factory=dict)


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
            partner = self.restaurant.partner
            external = external_name(partner.group_id, partner.profile.external_id)
            address = self.restaurant.address_name
            found.append((Claim.EXTERNAL_ID, Mark(external, partner.partner_id)))
            found.append((Claim.ADDRESS, Mark(address, partner.partner_id)))
        return found

    def listing(self) -> Group:
        """The group with the new restaurant in its list."""
        if self.restaurant is None:
            return self.group
        partner_ids = (*self.group.partner_ids, self.restaurant.partner.partner_id)
        return replace(self.group, partner_ids=partner_ids)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What changes in one commit: each object as it is to be, its `rev` one above what was read.

    `freed` and `taken` are the old and the new mark of an address, when that changes.
    """

    entry: Entry
    partners: tuple[Partner, ...]
    group: Group | None = None
    freed: Mark | None = None
    taken: Mark | None = None
