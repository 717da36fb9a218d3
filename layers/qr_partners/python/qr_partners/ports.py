"""What the use cases need from storage."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from qr_partners.model import ApiKey, Group, Partner
from qr_partners.model.changes import Claim, Entry, Mark, Opening


class Taken(Exception):
    """Somebody has that already."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim)
        self.claim = claim


class KeyUsed(Exception):
    """The key to be replaced is in use."""


class GroupMoved(Exception):
    """The group was changed since it was read: read it again and decide again."""


class OpeningStore(Protocol):
    """Every read is strong (R13). Raises shared.errors.Unavailable when storage is."""

    def group(self, group_id: str) -> Group | None: ...

    def partner(self, partner_id: str) -> Partner | None: ...

    def mark(self, name: str) -> Mark | None: ...

    def open(self, opening: Opening) -> None:
        """All of it, with its claims, the group's list and the audit entry, or nothing.

        Raises Taken; KeyUsed; GroupMoved when the group is not at `group.rev` any more.
        """
        ...


class PartnerStore(OpeningStore, Protocol):
    def partners(self, partner_ids: Sequence[str]) -> list[Partner]:
        """In the order asked."""
        ...

    def key(self, key_id: str) -> ApiKey | None: ...

    def keys(self, group_id: str, after: str | None, limit: int) -> list[ApiKey]:
        """Keys of the group in the order of their making, those after the key id `after`.

        A key of the last second may still be missing.
        """
        ...

    def revoke(self, key_id: str, entry: Entry) -> None:
        """Revokes at `entry.at`, unless it is revoked already."""
        ...

    def touch(self, key_id: str, now: datetime) -> None:
        """Notes that the key was used."""
        ...
