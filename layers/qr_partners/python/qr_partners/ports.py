"""What the use cases need from storage."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from qr_partners.model import ApiKey, Group, Partner
from qr_partners.model.changes import Amendment, Claim, Entry, Mark, Opening
from qr_partners.model.places import Spot


class Taken(Exception):
    """Somebody has that already."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim)
        self.claim = claim


class KeyUsed(Exception):
    """The key to be replaced is in use."""


class GroupMoved(Exception):
    """The group was changed since it was read: read it again and decide again."""


class Moved(Exception):
    """What is to be changed has changed since it was read."""


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


class AmendingStore(Protocol):
    """Every read is strong (R13)."""

    def group(self, group_id: str) -> Group | None: ...

    def partner(self, partner_id: str) -> Partner | None: ...

    def partners(self, partner_ids: Sequence[str]) -> list[Partner]: ...

    def amend(self, amendment: Amendment) -> None:
        """All of it or nothing. Raises Moved, and Taken for an address."""
        ...


class Tills(Protocol):
    def note(self, scope_ids: Sequence[str], now: datetime) -> None:
        """A till called just now with a key of these groups or restaurants."""
        ...


class PlaceStore(Tills, Protocol):
    """Indexes find candidates, a second behind at times; `some` and `groups` read strongly."""

    def in_cell(self, cell: str) -> list[Spot]: ...

    def mark_of(self, moment: datetime) -> str:
        """A text below the marks of all changes at that moment and later."""
        ...

    def changed(self, after: str, limit: int) -> list[str]:
        """Marks "<moment>#<partner id>" above `after`, the lowest first."""
        ...

    def some(self, partner_ids: Sequence[str]) -> list[Partner]: ...

    def groups(self, group_ids: Sequence[str]) -> dict[str, Group]: ...

    def page(self, after: str | None, limit: int) -> tuple[list[Partner], str | None]:
        """Restaurants in an order that does not change, and the id to go on from."""
        ...

    def seen(self, scope_ids: Sequence[str]) -> dict[str, datetime]:
        """When tills of groups and restaurants last called."""
        ...


class Files(Protocol):
    def put(self, key: str, content: bytes) -> None: ...
