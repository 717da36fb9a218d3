"""DynamoDB reads of restaurants by place, by change and by page; notes of tills (QP-03, 05..08)."""

from collections.abc import Sequence
from datetime import datetime
from heapq import merge
from itertools import islice

from pynamodb.exceptions import PynamoDBException

from qr_partners.model import Group, Partner
from qr_partners.model.places import Spot
from qr_partners.store import rows
from qr_partners.tables import GroupRow, PartnerRow, TillRow
from shared.clock import from_ms, to_ms
from shared.store import available, condition_failed, unavailable


class DynamoPlaceStore:
    """Serves ports.PlaceStore."""

    def in_cell(self, cell: str) -> list[Spot]:
        with available():
            return [rows.to_spot(row) for row in PartnerRow.by_cell.query(cell)]

    def changed(self, after: str, limit: int) -> list[str]:
        with available():
            shards = [_changes(shard, after, limit) for shard in range(rows.SHARDS)]
        return list(islice(merge(*shards), limit))

    def mark_of(self, moment: datetime) -> str:
        return rows.change_since(moment)

    def some(self, partner_ids: Sequence[str]) -> list[Partner]:
        found = PartnerRow.find_all([(partner_id,) for partner_id in partner_ids])
        by_id = {row.partner_id: rows.to_partner(row) for row in found}
        return [by_id[partner_id] for partner_id in partner_ids if partner_id in by_id]

    def groups(self, group_ids: Sequence[str]) -> dict[str, Group]:
        found = GroupRow.find_all([(group_id,) for group_id in dict.fromkeys(group_ids)])
        return {row.group_id: rows.to_group(row) for row in found}

    def page(self, after: str | None, limit: int) -> tuple[list[Partner], str | None]:
        place = None if after is None else {"partner_id": {"S": after}}
        with available():
            scan = PartnerRow.scan(limit=limit, last_evaluated_key=place, page_size=limit)
            found = [rows.to_partner(row) for row in scan]
        return found, found[-1].partner_id if len(found) == limit else None

    def seen(self, scope_ids: Sequence[str]) -> dict[str, datetime]:
        found = TillRow.find_all([(scope_id,) for scope_id in dict.fromkeys(scope_ids)])
        return {row.scope_id: from_ms(row.seen_at) for row in found}

    def note(self, scope_ids: Sequence[str], now: datetime) -> None:
        moment = to_ms(now)
        later = TillRow.seen_at.does_not_exist() | (TillRow.seen_at < moment)
        for scope_id in scope_ids:
            try:
                TillRow(scope_id).update([TillRow.seen_at.set(moment)], condition=later)
            except PynamoDBException as problem:
                if not condition_failed(problem):
                    raise unavailable(problem) from problem


def _changes(shard: int, after: str, limit: int) -> list[str]:
    found = PartnerRow.by_change.query(shard, PartnerRow.change > after, limit=limit)
    return [row.change for row in found]
