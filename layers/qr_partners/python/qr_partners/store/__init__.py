"""DynamoDB store of qr_partners: strong reads, conditional writes (R1, R13)."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from pynamodb.exceptions import PynamoDBException

from qr_partners.model import ApiKey, Group, Partner
from qr_partners.model.changes import Amendment, Claim, Entry, Mark, Opening
from qr_partners.ports import GroupMoved, KeyUsed, Moved, Taken
from qr_partners.store import rows
from qr_partners.tables import ClaimRow, GroupRow, KeyRow, PartnerRow
from shared.clock import to_ms
from shared.store import (
    ConditionFailed,
    Store,
    Transaction,
    WholeNumber,
    available,
    commit,
    condition_failed,
    unavailable,
)


class DynamoPartnerStore(Store):
    """Serves ports.PartnerStore."""

    def key(self, key_id: str) -> ApiKey | None:
        row = KeyRow.find(key_id)
        return None if row is None else rows.to_key(row)

    def group(self, group_id: str) -> Group | None:
        row = GroupRow.find(group_id)
        return None if row is None else rows.to_group(row)

    def partner(self, partner_id: str) -> Partner | None:
        row = PartnerRow.find(partner_id)
        return None if row is None else rows.to_partner(row)

    def partners(self, partner_ids: Sequence[str]) -> list[Partner]:
        if not partner_ids:
            return []
        try:
            found = list(PartnerRow.batch_get(list(partner_ids), consistent_read=True))
        except PynamoDBException as problem:
            raise unavailable(problem) from problem
        by_id = {row.partner_id: rows.to_partner(row) for row in found}
        return [by_id[partner_id] for partner_id in partner_ids if partner_id in by_id]

    def mark(self, name: str) -> Mark | None:
        row = ClaimRow.find(name)
        return None if row is None else Mark(row.claim_id, row.owner, row.content or "")

    def open(self, opening: Opening) -> None:
        transaction = Transaction()
        _add_group_and_restaurant(transaction, opening)
        for claim, mark in opening.claims():
            row = ClaimRow(mark.name, owner=mark.owner, content=mark.content or None)
            transaction.put(row, claim)
        if opening.key is not None:
            transaction.put(rows.of_key(opening.key), "key")
        if opening.replaced_key_id is not None:
            _revoke(transaction, opening.replaced_key_id, opening.entry, KeyRow.last_used_at)
        transaction.put(rows.of_entry(opening.entry), "entry")
        try:
            commit(transaction)
        except ConditionFailed as problem:
            raise _refusal(problem.labels) from problem

    def amend(self, amendment: Amendment) -> None:
        transaction, freed, taken = Transaction(), amendment.freed, amendment.taken
        if freed is not None:
            transaction.delete(ClaimRow(freed.name), "freed", ClaimRow.owner == freed.owner)
        if taken is not None:
            transaction.put(ClaimRow(taken.name, owner=taken.owner), Claim.ADDRESS)
        if amendment.group is not None:
            group = rows.of_group(amendment.group)
            transaction.put(group, "group", GroupRow.rev == group.rev - 1)
        for partner in amendment.partners:
            row = rows.of_partner(partner)
            transaction.put(row, "partner", PartnerRow.rev == row.rev - 1)
        transaction.put(rows.of_entry(amendment.entry), "entry")
        try:
            commit(transaction)
        except ConditionFailed as problem:
            only_address = problem.labels == {Claim.ADDRESS}
            raise Taken(Claim.ADDRESS) if only_address else Moved() from problem

    def revoke(self, key_id: str, entry: Entry) -> None:
        transaction = Transaction()
        _revoke(transaction, key_id, entry, KeyRow.revoked_at)
        transaction.put(rows.of_entry(entry), "entry")
        # Somebody else revoked it a moment ago: it is as it should be.
        with suppress(ConditionFailed):
            commit(transaction)

    def touch(self, key_id: str, now: datetime) -> None:
        moment = to_ms(now)
        later = KeyRow.last_used_at.does_not_exist() | (KeyRow.last_used_at < moment)
        try:
            KeyRow(key_id).update(
                [KeyRow.last_used_at.set(moment)], condition=KeyRow.key_id.exists() & later
            )
        except PynamoDBException as problem:
            if not condition_failed(problem):
                raise unavailable(problem) from problem

    def keys(self, group_id: str, after: str | None, limit: int) -> list[ApiKey]:
        start = None if after is None else KeyRow.find(after)
        if after is not None and (start is None or start.group_id != group_id):
            return []
        with available():
            found = KeyRow.by_group.query(group_id, limit=limit, last_evaluated_key=_place(start))
            key_ids = [row.key_id for row in found]
            listed = {row.key_id: row for row in KeyRow.batch_get(key_ids, consistent_read=True)}
        return [rows.to_key(listed[key_id]) for key_id in key_ids if key_id in listed]


def _add_group_and_restaurant(transaction: Transaction, opening: Opening) -> None:
    group, listing, restaurant = opening.group, opening.listing(), opening.restaurant
    if restaurant is not None:
        transaction.put(rows.of_partner(restaurant.partner), "partner")
    if opening.new_group:
        transaction.put(rows.of_group(listing), "group")
    elif restaurant is not None:
        actions = [
            GroupRow.partner_ids.set(list(listing.partner_ids)),
            GroupRow.rev.set(group.rev + 1),
            GroupRow.updated_at.set(to_ms(opening.entry.at)),
        ]
        transaction.update(GroupRow(group.group_id), "group", actions, GroupRow.rev == group.rev)


def _revoke(transaction: Transaction, key_id: str, entry: Entry, unset: WholeNumber) -> None:
    """While the row has no `unset`."""
    condition = KeyRow.key_id.exists() & unset.does_not_exist()
    actions = [KeyRow.revoked_at.set(to_ms(entry.at))]
    transaction.update(KeyRow(key_id), "revoked", actions, condition)


def _refusal(labels: frozenset[str]) -> Exception:
    for claim in Claim:
        if claim in labels:
            return Taken(claim)
    return KeyUsed() if "revoked" in labels else GroupMoved()


def _place(row: KeyRow | None) -> dict[str, Any] | None:
    """Where a page ended, as DynamoDB names it."""
    if row is None:
        return None
    return {
        "key_id": {"S": row.key_id},
        "group_id": {"S": row.group_id},
        "created_at": {"N": str(row.created_at)},
    }
