"""DynamoDB store of qr_partners: strong reads, conditional writes (R1, R13)."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.exceptions import PynamoDBException

from qr_partners.model import ApiKey, Group, Partner
from qr_partners.ports import ExternalIdTaken, GroupMoved
from qr_partners.store import rows
from qr_partners.tables import ClaimRow, GroupRow, KeyRow, PartnerRow
from shared.clock import to_ms
from shared.store import ConditionFailed, Transaction, commit, unavailable


class DynamoPartnerStore:
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

    def add_group(self, group: Group) -> None:
        transaction = Transaction()
        transaction.put(rows.of_group(group), "group")
        commit(transaction)

    def add_partner(self, partner: Partner, group: Group) -> None:
        claim = f"external_id#{partner.group_id}#{partner.profile.external_id}"
        transaction = Transaction()
        transaction.put(rows.of_partner(partner), "partner")
        transaction.put(ClaimRow(claim, owner=partner.partner_id), "claim")
        _list_partner(transaction, partner.partner_id, group, partner.created_at)
        try:
            commit(transaction)
        except ConditionFailed as problem:
            taken = "claim" in problem.labels
            raise (ExternalIdTaken if taken else GroupMoved) from problem

    def add_key(self, key: ApiKey) -> None:
        transaction = Transaction()
        transaction.put(rows.of_key(key), "key")
        commit(transaction)


def _list_partner(transaction: Transaction, partner_id: str, group: Group, now: datetime) -> None:
    actions = [
        GroupRow.partner_ids.set([*group.partner_ids, partner_id]),
        GroupRow.rev.set(group.rev + 1),
        GroupRow.updated_at.set(to_ms(now)),
    ]
    transaction.update(GroupRow(group.group_id), "group", actions, GroupRow.rev == group.rev)
