"""Exports and what the journal says of them."""

from typing import Any

from fleet_payment_systems.exports import Export, ExportState, Sum
from fleet_payment_systems.model import Wanted
from fleet_payment_systems.store import EVENT, EXPORT
from fleet_payment_systems.tables import EventRow, ExportRow
from shared.clock import from_ms, to_ms
from shared.store import Store
from shared.store import Transaction as Writes


class ExportStore(Store):
    def find(self, park_id: str, export_id: str) -> Export | None:
        row = ExportRow.find(park_id, export_id)
        return None if row is None else _export(row)

    def add(self, writes: Writes, export: Export) -> None:
        writes.put(_row(export), EXPORT)
        self._journal(writes, export, export.author)

    def save(self, writes: Writes, export: Export, actor: str) -> None:
        """`export` carries the next version; the stored one must be the one before (R6)."""
        writes.put(_row(export), EXPORT, ExportRow.version == export.version - 1)
        self._journal(writes, export, actor)

    @staticmethod
    def _journal(writes: Writes, export: Export, actor: str) -> None:
        event = EventRow(
            f"export#{export.wanted.park_id}#{export.export_id}",
            export.version,
            at=to_ms(export.updated_at),
            name=export.state.value,
            actor=actor,
            details={"rows": export.rows},
        )
        writes.put(event, EVENT)


def _row(export: Export) -> ExportRow:
    wanted = export.wanted
    filters = {
        "system": wanted.system,
        "wallet_id": wanted.wallet_id,
        "driver_id": wanted.driver_id,
        "state": wanted.state,
    }
    return ExportRow(
        wanted.park_id,
        export.export_id,
        since=to_ms(wanted.since),
        until=to_ms(wanted.until),
        wanted={name: value for name, value in filters.items() if value},
        mark=export.mark,
        kind=export.kind,
        bom=export.bom,
        author=export.author,
        state=export.state.value,
        version=export.version,
        created_at=to_ms(export.created_at),
        updated_at=to_ms(export.updated_at),
        rows=export.rows,
        sums={
            "/".join(key): {"count": one.count, "amount": one.amount, "commission": one.commission}
            for key, one in export.sums.items()
        },
        reason=export.reason or None,
    )


def _export(row: ExportRow) -> Export:
    filters: Any = row.wanted
    sums: Any = row.sums
    return Export(
        export_id=row.export_id,
        wanted=Wanted(row.park_id, from_ms(row.since), from_ms(row.until), **filters.as_dict()),
        mark=row.mark,
        kind=row.kind,
        bom=row.bom,
        author=row.author,
        state=ExportState(row.state),
        version=row.version,
        created_at=from_ms(row.created_at),
        updated_at=from_ms(row.updated_at),
        rows=row.rows,
        sums={_key(name): _sum(value) for name, value in sums.as_dict().items()},
        reason=row.reason or "",
    )


def _key(name: str) -> tuple[str, str]:
    currency, _, state = name.partition("/")
    return currency, state


def _sum(kept: dict[str, Any]) -> Sum:
    return Sum(**{name: int(value) for name, value in kept.items()})
