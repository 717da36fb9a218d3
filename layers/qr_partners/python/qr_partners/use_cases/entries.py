"""What every change of qr_partners has: an audit entry, and a request that may come again."""

from datetime import datetime
from typing import Final

from qr_partners.model import Group
from qr_partners.model.changes import Actor, Claim, Entry, Mark
from qr_partners.ports import OpeningStore, Taken
from shared.errors import Conflict, NotFound, Refused
from shared.ids import new_id

_CODES: Final = {
    Claim.EXTERNAL_ID: "external_id_taken",
    Claim.ADDRESS: "address_taken",
}


def entry(group: Group, action: str, objects: tuple[str, ...], by: Actor, now: datetime) -> Entry:
    return Entry(new_id(now), group.group_id, action, objects, by, now)


def conflict(taken: Taken) -> Conflict:
    """The refusal that `taken` means to the caller."""
    if taken.claim is Claim.REQUEST:
        return Conflict("request_in_progress", retry_after_sec=1)
    return Conflict(_CODES[taken.claim])


def made_before(store: OpeningStore, request: Mark) -> str | None:
    """Id of what the same request made before, or None (L2).

    Raises Refused idempotency_mismatch when its key came with another content (decision 18).
    """
    known = store.mark(request.name)
    if known is None:
        return None
    if known.content != request.content:
        raise Refused("idempotency_mismatch")
    return known.owner


def existing(group: Group | None) -> Group:
    """Raises NotFound group_not_found."""
    if group is None:
        raise NotFound("group_not_found")
    return group
