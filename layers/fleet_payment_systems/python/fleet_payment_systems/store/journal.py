"""The journal of a transaction, as people read it."""

from fleet_payment_systems.tables import EventRow
from shared.clock import from_ms, to_iso
from shared.store import Store


class JournalStore(Store):
    def of_transaction(self, tx_id: str) -> list[str]:
        """ "<moment> <name> by <actor>", oldest first."""
        rows = EventRow.query(f"tx#{tx_id}", consistent_read=True)
        return [f"{to_iso(from_ms(row.at))} {row.name} by {row.actor}" for row in rows]
