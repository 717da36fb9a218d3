"""What the use cases need from storage."""

from collections.abc import Sequence
from typing import Protocol

from qr_partners.model import ApiKey, Group, Partner


class ExternalIdTaken(Exception):
    """The group already has a restaurant of this external id."""


class GroupMoved(Exception):
    """The group was changed since it was read: read it again and decide again."""


class PartnerStore(Protocol):
    """Every read is strong (R13). Raises shared.errors.Unavailable when storage is."""

    def key(self, key_id: str) -> ApiKey | None: ...

    def group(self, group_id: str) -> Group | None: ...

    def partner(self, partner_id: str) -> Partner | None: ...

    def partners(self, partner_ids: Sequence[str]) -> list[Partner]:
        """In the order asked."""
        ...

    def add_group(self, group: Group) -> None: ...

    def add_partner(self, partner: Partner, group: Group) -> None:
        """The row, the claim of its external id and the group's list, or nothing.

        Raises ExternalIdTaken, or GroupMoved when the group is not at `group.rev` any more.
        """
        ...

    def add_key(self, key: ApiKey) -> None: ...
